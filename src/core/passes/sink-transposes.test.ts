import { describe, expect, it } from 'vitest'
import { GraphBuilder, type ValueName } from '../ir/builder.ts'
import { float32 } from '../ir/tensor.ts'
import { hubOps } from '../ops/hub-ops.ts'
import { eliminateDeadCode } from './dead-code.ts'
import { removeNoOps } from './no-ops.ts'
import { sinkTransposes } from './sink-transposes.ts'
import { standardPasses } from './standard-passes.ts'
import { operatorCounts, rewritten } from './testing/same-answers.ts'

const wave = (shape: readonly number[]) =>
  float32(
    Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.cos(i * 0.9)),
    shape,
  )

const TO_FIRST = { perm: [0, 3, 1, 2] }
const TO_LAST = { perm: [0, 2, 3, 1] }

function builder() {
  const b = new GraphBuilder('test', hubOps)
  const x = b.input('x', { dtype: 'float32', shape: ['N', 6, 6, 4] })
  const last = (value: ValueName) => b.op('Transpose', [value], TO_LAST)
  const first = (value: ValueName) => b.op('Transpose', [value], TO_FIRST)
  /** A convolution as a channels-last framework has it. */
  const conv = (value: ValueName, channels = 4) =>
    last(b.op('Conv', [first(value), b.constant(wave([channels, 4, 3, 3]))], { auto_pad: 'SAME_UPPER' }))
  return { b, x, first, last, conv }
}

const sink = (graph: Parameters<typeof rewritten>[0]) =>
  rewritten(graph, sinkTransposes, removeNoOps, eliminateDeadCode)
const transposes = (graph: Parameters<typeof operatorCounts>[0]) => operatorCounts(graph)['Transpose'] ?? 0

describe('sinkTransposes', () => {
  it('leaves two in a chain of channels-last convolutions and activations', async () => {
    const { b, x, conv } = builder()
    let value = conv(x)
    value = b.op('Relu', [b.op('Add', [value, b.constant(wave([4]))])])
    value = b.op('Clip', [conv(value), b.float32([0], []), b.float32([6], [])])
    value = b.op('Mul', [conv(value), b.float32([2])])
    expect(transposes(await sink(b.build([value])))).toBe(2)
  })

  it('passes a residual connection and a concatenation', async () => {
    const { b, x, conv } = builder()
    const trunk = b.op('Relu', [conv(x)])
    const sum = b.op('Add', [conv(trunk), trunk])
    const joined = b.op('Concat', [sum, b.op('Sigmoid', [conv(sum)])], { axis: -1 })
    const pooled = b.op('ReduceMean', [joined, b.int64([1, 2])], { keepdims: 0 })
    const graph = await sink(b.build([pooled]))
    expect(transposes(graph)).toBe(1)
    expect(graph.nodes.find((n) => n.op === 'Concat')?.attributes['axis']).toBe(1)
  })

  it('passes padding, slicing, tiling, splitting, resizing and softmax', async () => {
    const { b, x, conv } = builder()
    let value = b.op('Pad', [conv(x), b.int64([0, 1, 2, 0, 0, 3, 4, 0])])
    value = b.op('Pad', [value, b.int64([1, 1]), '', b.int64([-2])], { mode: 'edge' })
    value = b.op('Slice', [value, b.int64([0, 1]), b.int64([2, 8])])
    value = b.op('Slice', [value, b.int64([1]), b.int64([9]), b.int64([2]), b.int64([2])])
    value = b.op('Tile', [value, b.int64([1, 2, 1, 1])])
    value = b.op('Resize', [value, '', b.float32([1, 2, 3, 1])], { mode: 'linear' })
    value = b.op('Softmax', [value], { axis: -1 })
    const [a, c] = b.ops('Split', [value], { axis: 3, num_outputs: 2 }, { outputs: 2 })
    value = conv(b.op('Concat', [a as string, c as string], { axis: 3 }))
    expect(transposes(await sink(b.build([value])))).toBe(2)
  })

  it('passes reductions without axes, ArgMax, Squeeze and a Where with a constant', async () => {
    const { b, x, conv } = builder()
    const value = conv(x)
    const whole = b.op('ReduceMax', [value], { keepdims: 0 })
    const best = b.op('ArgMax', [value], { axis: -1, keepdims: 0 })
    const line = b.op('Squeeze', [b.op('ReduceSum', [value, b.int64([1, 2])]), b.int64([1, 2])])
    const chosen = b.op('Where', [b.op('Greater', [value, b.float32([0])]), value, b.constant(wave([6, 4]))])
    const graph = await sink(b.build([whole, best, line, conv(chosen)]))
    expect(transposes(graph)).toBe(2)
  })

  it('drops out where only axes of size 1 have changed places', async () => {
    const { b, x, first, last } = builder()
    const pooled = last(b.op('GlobalAveragePool', [first(x)]))
    const graph = await sink(b.build([b.op('Flatten', [pooled]), b.op('Reshape', [pooled, b.int64([0, -1])])]))
    expect(transposes(graph)).toBe(1)
  })

  it('keeps the one before an operator that needs the axes as they are', async () => {
    const { b, x, conv } = builder()
    const y = b.op('Flatten', [b.op('Relu', [conv(x)])], {}, { names: ['y'] })
    const graph = await sink(b.build([y]))
    expect(graph.nodes.map((n) => n.op)).toEqual(['Transpose', 'Conv', 'Relu', 'Transpose', 'Flatten'])
  })

  it('shares one Transpose among the branches that need it', async () => {
    const { b, x, conv } = builder()
    const graph = await sink(b.build([b.op('Add', [conv(x), conv(x)])]))
    expect(transposes(graph)).toBe(2)
  })

  it('computes the permutation of a constant instead', async () => {
    const { b, x } = builder()
    const weights = b.op('Transpose', [b.constant(wave([3, 4]))], { perm: [1, 0] })
    const graph = await sink(b.build([b.op('MatMul', [x, weights])]))
    expect(operatorCounts(graph)).toEqual({ MatMul: 1 })
  })

  it('gives the graph back when there would be more of them', async () => {
    const { b, x, last } = builder()
    const shared = last(x)
    const gram = (value: ValueName) => b.op('MatMul', [value, b.constant(wave([6, 2]))])
    const input = b.build([gram(shared), gram(b.op('Relu', [shared])), gram(b.op('Neg', [shared]))])
    expect(sinkTransposes(input)).toBe(input)
  })
})

describe('standardPasses', () => {
  it('makes a channels-last network with normalisations a chain of convolutions', async () => {
    const { b, x, first, last, conv } = builder()
    const normalized = (value: ValueName) =>
      last(b.op('BatchNormalization', [first(value), ...[1, 2, 3, 4].map(() => b.float32([1, 2, 3, 4]))]))
    let value = b.op('Relu', [normalized(conv(x))])
    value = b.op('Dropout', [b.op('Relu', [normalized(conv(value))])])
    value = b.op('Identity', [value], {}, { names: ['y'] })
    const graph = await rewritten(b.build([value]), (g) => standardPasses(g))
    expect(operatorCounts(graph)).toEqual({ Transpose: 2, Conv: 2, Relu: 2 })
  })
})
