import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../ir/builder.ts'
import { float32 } from '../ir/tensor.ts'
import { hubOps } from '../ops/hub-ops.ts'
import { raisedOperators, raiseToEstimators } from './raise.ts'

const tableOf = (width: number) => {
  const hub = new GraphBuilder('model', hubOps)
  return { hub, x: hub.input('x', { dtype: 'float32', shape: ['N', width] }) }
}
const raised = (hub: GraphBuilder, ...outputs: string[]) =>
  raiseToEstimators(hub.build(outputs), { tabular: true }).nodes.map((node) => node.op)

/** Squared distances [N, 2] to the points (1, 2) and (3, 4), one point after the other. */
function scannedDistances(hub: GraphBuilder, x: string): string {
  const body = hub.child('body')
  const state = body.input('state', { dtype: 'float32', shape: ['N', 2] })
  const point = body.input('point', { dtype: 'float32', shape: [2] })
  const squares = body.op('ReduceSumSquare', [body.op('Sub', [state, point]), body.int64([1])], { keepdims: 0 })
  const inner = body.build([body.op('Identity', [state]), body.op('Identity', [squares])])
  const points = hub.constant(float32([1, 2, 3, 4], [2, 2]))
  const scanned = hub.ops('Scan', [x, points], { body: inner, num_scan_inputs: 1 }, { outputs: 2 })
  return hub.op('Transpose', [scanned[1] ?? ''], { perm: [1, 0] })
}

describe('patterns of converters', () => {
  it('are distances in a Scan, neighbours in a TopK', () => {
    const { hub, x } = tableOf(2)
    const distances = hub.op('Sqrt', [scannedDistances(hub, x)])
    const found = hub.ops('TopK', [distances, hub.int64([1])], { largest: 0 }, { outputs: 2 })
    const graph = raiseToEstimators(hub.build(found), { tabular: true })
    expect(graph.nodes.map((node) => node.op)).toEqual(['ml.distance', 'ml.nearest', 'Cast'])
    expect(graph.nodes[0]?.attributes).toEqual({ points: Float64Array.of(1, 2, 3, 4), metric: 'euclidean' })
    expect(graph.outputs).toEqual(found)
  })

  it('are distances in a product with the points, clusters in an ArgMin', () => {
    const { hub, x } = tableOf(2)
    const squares = hub.op('ReduceSumSquare', [x, hub.int64([1])], { keepdims: 1 })
    const points = hub.constant(float32([1, 2, 3, 4], [2, 2]))
    const product = hub.op('Gemm', [x, points], { alpha: -2, transB: 1 })
    const sum = hub.op('Add', [hub.constant(float32([5, 25])), hub.op('Add', [squares, product])])
    expect(raised(hub, hub.op('ArgMin', [sum], { axis: 1, keepdims: 0 }))).toEqual(['ml.distance', 'ml.label'])
  })

  it('are not distances where the summand is not of the points', () => {
    const { hub, x } = tableOf(2)
    const squares = hub.op('ReduceSumSquare', [x, hub.int64([1])], { keepdims: 1 })
    const product = hub.op('Gemm', [x, hub.constant(float32([1, 2, 3, 4], [2, 2]))], { alpha: -2, transB: 1 })
    const sum = hub.op('Add', [hub.constant(float32([5, 26])), hub.op('Add', [squares, product])])
    expect(raised(hub, sum)).not.toContain('ml.distance')
  })

  it('are rows again where they were strung together for a look-up', () => {
    const { hub, x } = tableOf(2)
    const places = hub.op('Cast', [x], { to: 'int64' })
    const taken = hub.op('Gather', [hub.float32([7, 8, 9]), hub.op('Reshape', [places, hub.int64([-1])])])
    const row = hub.op('Unsqueeze', [taken, hub.int64([0])])
    expect(raised(hub, hub.op('Reshape', [row, hub.int64([-1, 2])]))).toEqual(['Cast', 'Gather'])
  })

  it('are sums where results were stacked for a mean', () => {
    const { hub, x } = tableOf(2)
    const layers = [x, hub.op('Neg', [x])].map((each) => hub.op('Reshape', [each, hub.int64([1, -1, 2])]))
    const stack = hub.op('Concat', layers, { axis: 0 })
    expect(raised(hub, hub.op('ReduceMean', [stack, hub.int64([0])], { keepdims: 0 }))).toEqual(['Neg', 'Sum', 'Div'])
  })

  it('are a linear model where the weights are a vector', () => {
    const { hub, x } = tableOf(2)
    const product = hub.op('MatMul', [x, hub.float32([1, 2])])
    expect(raised(hub, hub.op('Exp', [product]))).toEqual(['MatMul', 'Squeeze', 'Exp'])
  })

  it('are columns of one number, and rows divided by their norm', () => {
    const { hub, x } = tableOf(2)
    const ones = hub.op('ConstantOfShape', [hub.op('Shape', [x])], { value: float32([1]) })
    expect(raised(hub, ones)).toEqual(['ml.expression', 'Cast'])
    const other = tableOf(2)
    const norm = other.hub.op('LpNormalization', [other.x], { axis: 1, p: 1 })
    expect(raised(other.hub, norm)).toEqual(['ReduceL1', 'Equal', 'Where', 'Div'])
  })

  it('are none where only a part of a shape is taken', () => {
    const { hub, x } = tableOf(2)
    const rows = hub.op('ConstantOfShape', [hub.op('Shape', [x], { start: 0, end: 1 })])
    expect(raised(hub, rows)).toEqual(['Shape', 'ConstantOfShape'])
  })

  it('are constant shapes where the shape of a table is taken', () => {
    const { hub, x } = tableOf(2)
    const flat = hub.op('Reshape', [hub.op('Neg', [x]), hub.int64([-1])])
    expect(raised(hub, hub.op('Exp', [hub.op('Reshape', [flat, hub.op('Shape', [x])])]))).toEqual([
      'Neg',
      'Identity',
      'Exp',
    ])
  })

  it('tell what they may become', () => {
    expect(raisedOperators(['TopK'])).toEqual(['TopK', 'ml.nearest', 'Cast'])
    expect(raisedOperators(['Conv'])).toEqual(['Conv'])
  })
})
