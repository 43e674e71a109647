import { mlEmitter } from '../../emitter.ts'
import { scalar } from './constants.ts'
import { mul } from './math/elementary.ts'

/** The values in order, their weights added up in the same order, and the first value that has half of the sum. */
export const weightedMedian = mlEmitter('ml.weightedMedian', (node, { weights }, ctx) => {
  const g = ctx.graph
  const [values = '', counts] = ctx.inputs(node).map((value) => ctx.cast(value, 'float64'))
  const axis = { axis: 1 }
  const [sorted = '', order = ''] = g.ops(
    'TopK',
    [values, g.int64([weights.length])],
    { ...axis, largest: 0 },
    { outputs: 2 },
  )
  const inOrder = counts
    ? g.op('GatherElements', [mul(g, counts, g.float64(weights)), order], axis)
    : g.op('Gather', [g.float64(weights), order], { axis: 0 })
  const reached = g.op('CumSum', [inOrder, g.int64([1], [])])
  const all = g.op('Gather', [reached, g.int64([weights.length - 1])], axis)
  const isHalf = g.op('GreaterOrEqual', [reached, mul(g, all, scalar(g, 0.5))])
  const first = g.op('ArgMax', [g.op('Cast', [isHalf], { to: 'float64' })], { ...axis, keepdims: 1 })
  ctx.result(node, g.op('GatherElements', [sorted, first], axis))
})
