import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../ir/builder.ts'
import { float32, int64, lazyTensor, numbersOf } from '../ir/tensor.ts'
import { hubOps } from '../ops/hub-ops.ts'
import { eliminateDeadCode } from './dead-code.ts'
import { foldBatchNormalization } from './fold-batch-normalization.ts'
import { foldConstants } from './fold-constants.ts'
import { inferTypes } from './infer-types.ts'
import { mergeConstants } from './merge-constants.ts'
import { removeNoOps } from './no-ops.ts'
import { operatorCounts, rewritten } from './testing/same-answers.ts'

const wave = (shape: readonly number[], phase = 0) =>
  float32(
    Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.cos(i * 0.9 + phase)),
    shape,
  )

const positive = (n: number) => float32(Array.from({ length: n }, (_, i) => 0.5 + i))

function builder(shape: readonly (number | string)[] = ['N', 4]) {
  const b = new GraphBuilder('test', hubOps)
  return { b, x: b.input('x', { dtype: 'float32', shape }) }
}

describe('foldConstants', () => {
  it('computes what depends on constants only, and lets inference see the result', async () => {
    const { b, x } = builder(['N', 4, 5])
    const target = b.op('Concat', [b.int64([-1]), b.op('Mul', [b.int64([4]), b.int64([5])])], { axis: 0 })
    const y = b.op('Reshape', [x, target], {}, { names: ['y'] })
    const graph = await rewritten(b.build([y]), foldConstants, inferTypes, eliminateDeadCode)
    expect(operatorCounts(graph)).toEqual({ Reshape: 1 })
    expect(graph.types.get('y')?.shape).toEqual(['N', 20])
    expect([...graph.constants.values()].map(numbersOf)).toEqual([[-1, 20]])
  })

  it('knows the shape of a value whose sizes are all known', async () => {
    const { b, x } = builder([2, 4])
    const size = b.op('Cast', [b.op('Size', [x])], { to: 'float32' })
    const graph = await rewritten(b.build([b.op('Mul', [x, size])]), foldConstants, eliminateDeadCode)
    expect(operatorCounts(graph)).toEqual({ Mul: 1 })
  })

  it('computes a Slice to the far end', async () => {
    const { b, x } = builder([2, 4])
    const end = BigInt64Array.of(2n ** 63n - 1n)
    const far = b.constant({ ...int64([0]), data: end, load: async () => end })
    const last = b.op('Slice', [b.op('Shape', [x]), b.int64([-1]), far])
    const y = b.op('Reshape', [x, b.op('Concat', [b.int64([-1]), last], { axis: 0 })])
    expect(operatorCounts(await rewritten(b.build([y]), foldConstants, eliminateDeadCode))).toEqual({ Reshape: 1 })
  })

  it('leaves integers alone that float64 can not hold, large constants, and what is quantised', async () => {
    const { b, x } = builder([1])
    const big = b.constant({
      ...int64([0]),
      data: BigInt64Array.of(2n ** 60n + 1n),
      load: async () => BigInt64Array.of(2n ** 60n + 1n),
    })
    const bigSum = b.op('Add', [big, b.int64([1])])
    const large = b.op('Neg', [b.constant(wave([70_000]))])
    const weights = b.op('DequantizeLinear', [
      b.constant({ ...float32([1]), dtype: 'uint8', data: Uint8Array.of(1), load: async () => Uint8Array.of(1) }),
      b.float32([2], []),
    ])
    const graph = await rewritten(
      b.build([b.op('Cast', [bigSum], { to: 'float32' }), b.op('ReduceSum', [large]), b.op('Mul', [x, weights])]),
      foldConstants,
    )
    expect(operatorCounts(graph)).toMatchObject({ Add: 1, Neg: 1, DequantizeLinear: 1 })
  })
})

describe('removeNoOps', () => {
  it('bypasses nodes that hand their input on, and keeps the names of the outputs', async () => {
    const { b, x } = builder()
    let value = b.op('Relu', [x])
    value = b.op('Identity', [value])
    value = b.op('Dropout', [value])
    value = b.op('Reshape', [value, b.int64([0, 4])])
    value = b.op('Transpose', [value], { perm: [0, 1] })
    value = b.op('Identity', [value], {}, { names: ['y'] })
    const graph = await rewritten(b.build([value]), removeNoOps, eliminateDeadCode)
    expect(graph.nodes.map((n) => [n.op, n.outputs])).toEqual([['Relu', ['y']]])
  })

  it('keeps an Identity between an input and an output, and the second name of one value', async () => {
    const { b, x } = builder()
    const relu = b.op('Relu', [x])
    const outputs = ['a', 'b'].map((name) => b.op('Identity', [relu], {}, { names: [name] }))
    const same = b.op('Identity', [x], {}, { names: ['c'] })
    const graph = await rewritten(b.build([...outputs, same]), removeNoOps, eliminateDeadCode)
    expect(operatorCounts(graph)).toEqual({ Relu: 1, Identity: 2 })
  })

  it('renames what a body reads', async () => {
    const { b, x } = builder([1])
    const inner = b.op('Identity', [b.op('Neg', [x])])
    const branch = (name: string, op: string) => {
      const body = b.child(name)
      return body.build([body.op(op, [inner])])
    }
    const condition = b.op('Greater', [x, b.float32([0])])
    const y = b.op('If', [condition], { then_branch: branch('then', 'Exp'), else_branch: branch('else', 'Abs') })
    const graph = await rewritten(b.build([y]), removeNoOps, eliminateDeadCode)
    expect(operatorCounts(graph)).toEqual({ Neg: 1, Greater: 1, If: 1 })
  })

  it('keeps a Cast to float32 of a float32 result, which the evaluator has not rounded', async () => {
    const { b, x } = builder()
    const direct = b.op('Cast', [x], { to: 'float32' })
    const graph = await rewritten(b.build([b.op('Cast', [b.op('Exp', [direct])], { to: 'float32' })]), removeNoOps)
    expect(operatorCounts(graph)).toEqual({ Exp: 1, Cast: 1 })
  })
})

describe('eliminateDeadCode', () => {
  it('drops nodes, constants and types that lead nowhere, and no input', async () => {
    const { b, x } = builder()
    const unused = b.input('unused', { dtype: 'float32', shape: ['N'] })
    b.op('Add', [b.op('Neg', [unused]), b.float32([1])])
    const graph = await rewritten(b.build([b.op('Relu', [x])]), eliminateDeadCode)
    expect(operatorCounts(graph)).toEqual({ Relu: 1 })
    expect(graph.constants.size).toBe(0)
    expect([...graph.types.keys()].sort()).toEqual(['Relu_out', 'unused', 'x'])
  })
})

describe('mergeConstants', () => {
  it('keeps one of equal constants and tells 0 from −0 and int64 from float32', async () => {
    const { b, x } = builder(['N', 1])
    const constants = [b.float32([0]), b.float32([0]), b.float32([-0]), b.constant(wave([3])), b.constant(wave([3]))]
    const sum = constants.reduce((value, c) => b.op('Add', [value, c]), x)
    const y = b.op('Squeeze', [b.op('Unsqueeze', [sum, b.int64([0])]), b.int64([0])])
    const graph = await rewritten(b.build([y]), mergeConstants)
    expect(graph.constants.size).toBe(4)
  })
})

describe('foldBatchNormalization', () => {
  const parameters = (b: GraphBuilder, channels: number) => [
    b.constant(wave([channels], 1)),
    b.constant(wave([channels], 2)),
    b.constant(wave([channels], 3)),
    b.constant(positive(channels)),
  ]

  it.each([
    ['Conv', [6, 2, 3, 3], { group: 2 }],
    ['ConvTranspose', [4, 3, 2, 2], { group: 2 }],
    ['ConvTranspose', [4, 6, 2, 2], {}],
  ])('folds into %s %j %j, with and without a bias', async (op, shape, attributes) => {
    for (const biased of [true, false]) {
      const { b, x } = builder(['N', 4, 5, 5])
      const bias = biased ? [b.constant(wave([6], 4))] : []
      const conv = b.at('conv', () => b.op(op, [x, b.constant(wave(shape)), ...bias], attributes))
      const y = b.at('bn', () => b.op('BatchNormalization', [conv, ...parameters(b, 6)], { epsilon: 1e-3 }))
      const graph = await rewritten(b.build([y]), foldBatchNormalization, eliminateDeadCode)
      expect(graph.nodes.map((n) => [n.op, n.origin])).toEqual([[op, ['conv', 'bn']]])
    }
  })

  it('does not read the weights before somebody asks', async () => {
    const { b, x } = builder(['N', 1, 4, 4])
    let loads = 0
    const weights = wave([1, 1, 3, 3])
    const lazy = lazyTensor('float32', weights.shape, async () => {
      loads++
      return weights.load()
    })
    const y = b.op('BatchNormalization', [b.op('Conv', [x, b.constant(lazy)]), ...parameters(b, 1)])
    const folded = foldBatchNormalization(b.build([y]))
    expect(loads).toBe(0)
    expect(operatorCounts(folded)).toEqual({ Conv: 1 })
  })

  it('leaves a convolution alone whose result others read', async () => {
    const { b, x } = builder(['N', 1, 4, 4])
    const conv = b.op('Conv', [x, b.constant(wave([1, 1, 3, 3]))])
    const y = b.op('BatchNormalization', [conv, ...parameters(b, 1)])
    const graph = await rewritten(b.build([y, b.op('Relu', [conv])]), foldBatchNormalization)
    expect(operatorCounts(graph)).toEqual({ Conv: 1, BatchNormalization: 1, Relu: 1 })
  })
})
