import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../../core/evaluate/evaluate.ts'
import type { Json } from '../../../../encodings/json/parse-json.ts'
import { flatten } from '../../reader/flatten.ts'
import type { KerasModel } from '../../reader/keras-layer.ts'
import { parseModel } from '../../reader/parse-model.ts'
import { lowerKeras } from '../lower.ts'

const X = [
  [0.25, -0.5, 0.75],
  [0.5, 1, -0.125],
]

const T: Json = { class_name: '__keras_tensor__', config: { keras_history: ['x', 0, 0] } }

/** The result of one function over x [2, 3], recorded as Keras 3 does. */
async function run(entry: { class_name: string; module?: string; config: Json; inbound_nodes: Json }) {
  const config = {
    name: 'model',
    layers: [
      { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_shape: [null, 3] }, inbound_nodes: [] },
      { ...entry, name: 'f' },
    ],
    input_layers: [['x', 0, 0]],
    output_layers: [['f', 0, 0]],
  }
  const { model } = parseModel({ class_name: 'Functional', config }) as { model: KerasModel }
  const { result } = lowerKeras('model', flatten(model), { major: 3, isMultiBackend: false })
  if (!result.model) throw new Error(result.diagnostics.map(({ message }) => message).join('; '))
  const x = { dtype: 'float32' as const, shape: [2, 3], data: Float64Array.from(X.flat()) }
  const { f } = await evaluate(result.model, { x })
  return { shape: f?.shape, data: Array.from(f?.data as Float64Array) }
}

const ops = (name: string, args: Json[] = [T], config: { [key: string]: Json } = {}) =>
  run({
    class_name: name,
    module: 'keras.src.ops.numpy',
    config: { name: 'f', ...config },
    inbound_nodes: [{ args, kwargs: {} }],
  })

const tf = (name: string, kwargs: { [key: string]: Json } = {}) =>
  run({
    class_name: 'TFOpLambda',
    config: { name: 'f', function: name },
    inbound_nodes: [['x', 0, 0, kwargs]],
  })

const numbers = X.flat()

const UNARY: Record<string, (x: number) => number> = {
  Absolute: Math.abs,
  Negative: (x) => -x,
  Exp: Math.exp,
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Sinh: Math.sinh,
  Cosh: Math.cosh,
  Arcsin: Math.asin,
  Arccos: Math.acos,
  Arctan: Math.atan,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sign: Math.sign,
  Reciprocal: (x) => 1 / x,
  Square: (x) => x * x,
  Log1p: Math.log1p,
  Isnan: () => 0,
  Relu6: (x) => Math.min(Math.max(x, 0), 6),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Softplus: (x) => Math.log1p(Math.exp(x)),
  Silu: (x) => x / (1 + Math.exp(-x)),
  HardTanh: (x) => Math.min(Math.max(x, -1), 1),
  TanhShrink: (x) => x - Math.tanh(x),
}

const BINARY: Record<string, (x: number, y: number) => number> = {
  Add: (x, y) => x + y,
  Subtract: (x, y) => x - y,
  Multiply: (x, y) => x * y,
  Divide: (x, y) => x / y,
  FloorDivide: (x, y) => Math.floor(x / y),
  Maximum: Math.max,
  Minimum: Math.min,
  Greater: (x, y) => Number(x > y),
  GreaterEqual: (x, y) => Number(x >= y),
  Less: (x, y) => Number(x < y),
  LessEqual: (x, y) => Number(x <= y),
  Equal: (x, y) => Number(x === y),
  NotEqual: (x, y) => Number(x !== y),
}

const REDUCTIONS: Record<string, (row: number[]) => number> = {
  Mean: (row) => row.reduce((a, b) => a + b) / row.length,
  Sum: (row) => row.reduce((a, b) => a + b),
  Max: (row) => Math.max(...row),
  Min: (row) => Math.min(...row),
  Prod: (row) => row.reduce((a, b) => a * b),
  Logsumexp: (row) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)),
}

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length)
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 6)
}

describe('functions recorded by Keras', () => {
  it.each(Object.keys(UNARY))('keras.ops %s', async (name) => {
    expectClose((await ops(name)).data, numbers.map(UNARY[name] as (x: number) => number))
  })

  it.each(Object.keys(BINARY))('keras.ops %s with a number', async (name) => {
    const of = BINARY[name] as (x: number, y: number) => number
    expectClose(
      (await ops(name, [T, 0.5])).data,
      numbers.map((x) => of(x, 0.5)),
    )
    expectClose(
      (await ops(name, [0.5, T])).data,
      numbers.map((x) => of(0.5, x)),
    )
  })

  it.each(Object.keys(REDUCTIONS))('keras.ops %s over an axis', async (name) => {
    const of = REDUCTIONS[name] as (row: number[]) => number
    const { shape, data } = await ops(name, [T], { axis: -1, keepdims: false })
    expect(shape).toEqual([2])
    expectClose(data, X.map(of))
  })

  it('of roots and powers', async () => {
    expectClose(
      (await ops('Power', [T, 2])).data,
      numbers.map((x) => x ** 2),
    )
    expectClose(
      (await tf('math.pow', { y: 3 })).data,
      numbers.map((x) => x ** 3),
    )
    const positive = await ops('Clip', [T], { x_min: 0.3, x_max: 0.6 })
    expectClose(
      positive.data,
      numbers.map((x) => Math.min(Math.max(x, 0.3), 0.6)),
    )
    expectClose((await tf('clip_by_value', { clip_value_min: 0, clip_value_max: 1 })).data, [0.25, 0, 0.75, 0.5, 1, 0])
  })

  it('of tf by name', async () => {
    expectClose((await tf('math.reduce_sum', { axis: 1, keepdims: true })).data, [0.5, 1.375])
    expectClose(
      (await tf('math.multiply', { y: 2 })).data,
      numbers.map((x) => 2 * x),
    )
    expectClose(
      (await tf('nn.leaky_relu', { alpha: 0.1 })).data,
      numbers.map((x) => (x < 0 ? 0.1 * x : x)),
    )
    expectClose(
      (await tf('math.sigmoid')).data,
      numbers.map((x) => 1 / (1 + Math.exp(-x))),
    )
    expectClose((await tf('cast', { dtype: 'int32' })).data, [0, 0, 0, 0, 1, 0])
  })

  it('of shapes', async () => {
    expect((await ops('ExpandDims', [T], { axis: 1 })).shape).toEqual([2, 1, 3])
    expect((await ops('Reshape', [T], { newshape: [-1, 3, 1] })).shape).toEqual([2, 3, 1])
    expect((await ops('Swapaxes', [T], { axis1: 0, axis2: 1 })).data).toEqual([0.25, 0.5, -0.5, 1, 0.75, -0.125])
    expect((await ops('Stack', [[T, T]], { axis: 1 })).shape).toEqual([2, 2, 3])
    expect((await ops('Tile', [T], { repeats: [1, 2] })).shape).toEqual([2, 6])
    expect((await ops('Take', [T, [2, 0]], { axis: 1 })).data).toEqual([0.75, 0.25, -0.125, 0.5])
    expect((await ops('Argmax', [T], { axis: 1, keepdims: false })).data).toEqual([2, 1])
    expect((await ops('Argmin', [T], { axis: 1, keepdims: false })).data).toEqual([1, 2])
    expect((await ops('Split', [T], { indices_or_sections: 3, axis: 1 })).data).toEqual([0.25, 0.5])
    expect((await ops('Cast', [T], { dtype: 'bool' })).data).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('block where a shape fixes the batch', async () => {
    await expect(ops('Reshape', [T], { newshape: [6] })).rejects.toThrow(/batch/)
  })
})
