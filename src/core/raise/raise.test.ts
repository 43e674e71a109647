import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../ir/builder.ts'
import { float32, tensorOf } from '../ir/tensor.ts'
import { hubOps } from '../ops/hub-ops.ts'
import { raiseToEstimators } from './raise.ts'

/** labels[argmax(softmax(x · W + b))], in float32, as converters of classical models write it. */
function classifier() {
  const hub = new GraphBuilder('classifier', hubOps)
  const x = hub.input('x', { dtype: 'float32', shape: ['N', 2] })
  const product = hub.op('MatMul', [x, hub.constant(tensorOf('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)))])
  const scores = hub.op('Add', [product, hub.constant(float32([7, 8, 9], [1, 3]))])
  const probabilities = hub.op('Softmax', [scores], { axis: -1 }, { names: ['probabilities'] })
  const best = hub.op('ArgMax', [probabilities], { axis: 1, keepdims: 0 })
  const label = hub.op('Gather', [hub.strings(['a', 'b', 'c']), best], { axis: 0 }, { names: ['label'] })
  return hub.build([label, probabilities])
}

describe('raiseToEstimators', () => {
  it('finds the linear model, its link and its labels', () => {
    const raised = raiseToEstimators(classifier(), { tabular: true })
    const operators = raised.nodes.map((node) => node.op)
    expect(operators).toEqual(['ml.linear', 'ml.link', 'Cast', 'ml.label'])
    expect(raised.outputs).toEqual(['label', 'probabilities'])
    const [linear, link, , label] = raised.nodes
    expect(linear?.attributes).toEqual({
      coefficients: Float64Array.of(1, 4, 2, 5, 3, 6),
      intercepts: Float64Array.of(7, 8, 9),
    })
    // The roundings to float32 between estimators are gone; the output keeps its type.
    expect(link?.inputs).toEqual(linear?.outputs)
    expect(label?.inputs).toEqual(link?.outputs)
    expect(label?.attributes).toEqual({ labels: ['a', 'b', 'c'], rule: 'argmax' })
  })

  it('finds a linear model in one Gemm, and a sigmoid that is written out', () => {
    const hub = new GraphBuilder('binary', hubOps)
    const x = hub.input('x', { dtype: 'float64', shape: ['N', 2] })
    const weights = hub.float64([1, 2, 3, 4], [2, 2])
    const scores = hub.op('Gemm', [x, weights, hub.float64([5, 6])], { transB: 1 })
    const e = hub.op('Exp', [hub.op('Neg', [hub.op('Abs', [scores])])])
    const one = hub.float64([1], [])
    const choice = hub.op('Where', [hub.op('Less', [scores, hub.float64([0], [])]), e, one])
    const p = hub.op('Div', [choice, hub.op('Add', [e, one])])
    const raised = raiseToEstimators(hub.build([p]), { tabular: true })
    const [linear, link] = [0, -1].map((i) => raised.nodes.at(i))
    expect(linear?.attributes).toEqual({
      coefficients: Float64Array.of(1, 2, 3, 4),
      intercepts: Float64Array.of(5, 6),
    })
    expect(link?.op).toBe('ml.link')
    expect(link?.attributes).toEqual({ function: 'logit' })
    expect(link?.inputs).toEqual(linear?.outputs)
  })

  it('leaves the products of a network alone', () => {
    const raised = raiseToEstimators(classifier(), { tabular: false })
    expect(raised.nodes.map((node) => node.op)).toEqual(['MatMul', 'Add', 'Softmax', 'ml.label'])
  })

  it.each(['ReduceL1', 'ReduceSum'])('finds probabilities divided by their %s', (total) => {
    const hub = new GraphBuilder('ovr', hubOps)
    const x = hub.input('x', { dtype: 'float64', shape: ['N', 3] })
    const each = hub.op('Cast', [hub.ml('ml.link', [x], { function: 'logit' })], { to: 'float32' })
    const sum = hub.op(total, [each, hub.int64([-1])], { keepdims: 1 })
    const y = hub.op('Div', [each, sum], {}, { names: ['y'] })
    const raised = raiseToEstimators(hub.build([y]), { tabular: true })
    expect(raised.nodes.map((node) => node.op)).toEqual(['ml.link', 'ml.link', 'Cast'])
    expect(raised.nodes[1]?.attributes).toEqual({ function: 'simplemax' })
    expect(raised.nodes[1]?.inputs).toEqual(raised.nodes[0]?.outputs)
  })

  it('drops the sum of a softmax', () => {
    const hub = new GraphBuilder('softmax', hubOps)
    const x = hub.input('x', { dtype: 'float64', shape: ['N', 3] })
    const all = hub.op('Cast', [hub.ml('ml.link', [x], { function: 'softmax' })], { to: 'float32' })
    const sum = hub.op('ReduceL1', [all, hub.int64([-1])], { keepdims: 1 })
    const raised = raiseToEstimators(hub.build([hub.op('Div', [all, sum])]), { tabular: true })
    expect(raised.nodes.map((node) => node.op)).toEqual(['ml.link', 'Cast'])
  })

  it('keeps the rounding in front of a tree', () => {
    const hub = new GraphBuilder('scaled', hubOps)
    const x = hub.input('x', { dtype: 'float64', shape: ['N', 1] })
    const scaled = hub.ml('ml.scale', [x], { divisor: Float64Array.of(3) })
    const rounded = hub.op('Cast', [scaled], { to: 'float32' })
    const y = hub.ml('ml.impute', [rounded], { replacements: [0] })
    const raised = raiseToEstimators(hub.build([y]), { tabular: true })
    expect(raised.nodes.map((node) => node.op)).toEqual(['ml.scale', 'Cast', 'ml.impute'])
  })
})
