import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../ir/builder.ts'
import type { Attributes } from '../../ir/graph.ts'
import type { Dim } from '../../ir/types.ts'
import { hubOps } from '../hub-ops.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'

function build(...shapes: readonly (readonly Dim[] | null)[]) {
  const b = new GraphBuilder('test', hubOps)
  const inputs = shapes.map((shape, i) => b.input(`x${i}`, { dtype: 'float32', shape }))
  return { b, inputs: inputs as [string, ...string[]] }
}

describe('the batch symbol', () => {
  const cases: [
    string,
    readonly (readonly Dim[])[],
    (b: GraphBuilder, x: readonly string[]) => string,
    readonly Dim[],
  ][] = [
    [
      'flows through Reshape with −1',
      [['N', 4, 5]],
      (b, [x]) => b.op('Reshape', [x as string, b.int64([-1, 20])]),
      ['N', 20],
    ],
    [
      'flows through Reshape with 0',
      [['N', 4, 5]],
      (b, [x]) => b.op('Reshape', [x as string, b.int64([0, -1])]),
      ['N', 20],
    ],
    [
      'is lost where a size is mixed into it',
      [['N', 4]],
      (b, [x]) => b.op('Reshape', [x as string, b.int64([-1])]),
      [null],
    ],
    ['flows through Flatten', [['N', 3, 2]], (b, [x]) => b.op('Flatten', [x as string]), ['N', 6]],
    [
      'flows through MatMul',
      [
        ['N', 1, 4],
        [4, 2],
      ],
      (b, [x, y]) => b.op('MatMul', [x as string, y as string]),
      ['N', 1, 2],
    ],
    [
      'meets a broadcast 1',
      [
        ['N', 4],
        [1, 4],
      ],
      (b, [x, y]) => b.op('Add', [x as string, y as string]),
      ['N', 4],
    ],
    [
      'meets another symbol',
      [
        ['N', 4],
        ['M', 4],
      ],
      (b, [x, y]) => b.op('Add', [x as string, y as string]),
      [null, 4],
    ],
    [
      'flows through Concat',
      [
        ['N', 4],
        ['N', 3],
      ],
      (b, [x, y]) => b.op('Concat', [x as string, y as string], { axis: -1 }),
      ['N', 7],
    ],
    [
      'flows through Slice of everything',
      [['N', 9]],
      (b, [x]) =>
        b.op('Slice', [x as string, b.int64([0, 1]), b.int64([2 ** 31 - 1, 9]), b.int64([0, 1]), b.int64([1, 3])]),
      ['N', 3],
    ],
    [
      'flows through Conv',
      [
        ['N', 3, 8, 'W'],
        [5, 3, 3, 3],
      ],
      (b, [x, w]) => b.op('Conv', [x as string, w as string], { strides: [2, 2] }),
      ['N', 5, 3, null],
    ],
    ['flows through Pad', [['N', 2]], (b, [x]) => b.op('Pad', [x as string, b.int64([0, 1, 0, 1])]), ['N', 4]],
    ['flows through Tile', [['N', 2]], (b, [x]) => b.op('Tile', [x as string, b.int64([1, 3])]), ['N', 6]],
    [
      'flows through Resize',
      [['N', 3, 4, 4]],
      (b, [x]) => b.op('Resize', [x as string, '', b.float32([1, 1, 2, 2])]),
      ['N', 3, 8, 8],
    ],
    ['flows through Expand', [['N', 1]], (b, [x]) => b.op('Expand', [x as string, b.int64([1, 5])]), ['N', 5]],
    [
      'flows through ReduceSum',
      [['N', 4]],
      (b, [x]) => b.op('ReduceSum', [x as string, b.int64([-1])], { keepdims: 0 }),
      ['N'],
    ],
    [
      'flows through Einsum',
      [
        ['N', 2, 3],
        [3, 4],
      ],
      (b, [x, y]) => b.op('Einsum', [x as string, y as string], { equation: 'bij,jk->bik' }),
      ['N', 2, 4],
    ],
    [
      'flows through Gather',
      [['N', 4, 2], [3]],
      (b, [x]) => b.op('Gather', [x as string, b.int64([1], [])], { axis: 1 }),
      ['N', 2],
    ],
  ]

  it.each(cases)('%s', (_, shapes, apply, expected) => {
    const { b, inputs } = build(...shapes)
    expect(b.type(apply(b, inputs)).shape).toEqual(expected)
  })

  it('flows through recurrent layers, batch first or second', () => {
    for (const [layout, x, y, h] of [
      [0, [7, 'N', 2], [7, 2, 'N', 3], [2, 'N', 3]],
      [1, ['N', 7, 2], ['N', 7, 2, 3], ['N', 2, 3]],
    ] as const) {
      const { b, inputs } = build(x, [2, 9, 2], [2, 9, 3])
      const attributes = { hidden_size: 3, layout, direction: 'bidirectional' }
      const outputs = b.ops('GRU', inputs, attributes, { outputs: 2 })
      expect(outputs.map((o) => b.type(o).shape)).toEqual([y, h])
    }
  })
})

describe('what contradicts the operator', () => {
  const cases: [string, readonly (readonly Dim[])[], string, Attributes, RegExp][] = [
    ['shapes that can not be broadcast', [[3], [4]], 'Add', {}, /broadcast/],
    [
      'inner sizes that differ',
      [
        ['N', 3],
        [4, 2],
      ],
      'MatMul',
      {},
      /inner sizes differ/,
    ],
    [
      'an axis out of range',
      [
        [3, 4],
        [3, 4],
      ],
      'Concat',
      { axis: 2 },
      /axis 2 is out of range/,
    ],
    ['no permutation', [[3, 4]], 'Transpose', { perm: [0, 0] }, /no permutation/],
    [
      'channels that do not fit',
      [
        [1, 3, 8, 8],
        [4, 2, 3, 3],
      ],
      'Conv',
      {},
      /3 channels/,
    ],
    ['training mode', [[1, 2], [2], [2], [2], [2]], 'BatchNormalization', { training_mode: 1 }, /training mode/],
  ]

  it.each(cases)('%s', (_, shapes, op, attributes, message) => {
    const { b, inputs } = build(...shapes)
    expect(() => b.op(op, inputs, attributes)).toThrow(message)
  })
})

describe('grouped ConvTranspose', () => {
  it('is one ConvTranspose per group, side by side', () => {
    const spec = hubOps.get('ConvTranspose') as OpSpec
    const wave = (shape: readonly number[], phase: number): EvalTensor => ({
      dtype: 'float32',
      shape,
      data: Float64Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(i + phase)),
    })
    const run = (x: EvalTensor, w: EvalTensor, group: number) =>
      spec.evaluate([x, w], { op: spec.op, attributes: { group, strides: [2] }, outputCount: 1, run: () => [] })[0]
    const half = (t: EvalTensor, axis: 0 | 1, part: number): EvalTensor => ({
      ...t,
      shape: t.shape.map((d, i) => (i === axis ? d / 2 : d)),
      data: t.data.slice((part * t.data.length) / 2, ((part + 1) * t.data.length) / 2) as Float64Array,
    })
    const [x, w] = [wave([1, 4, 5], 0), wave([4, 3, 2], 1)]
    const parts = [0, 1].flatMap((part) => Array.from(run(half(x, 1, part), half(w, 0, part), 1)?.data as Float64Array))
    expect(Array.from(run(x, w, 2)?.data as Float64Array)).toEqual(parts)
  })
})
