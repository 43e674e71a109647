import { labelType } from '../../../../../core/ops/ml/label.ts'
import { mlEmitter } from '../../emitter.ts'
import { categories, scalar } from './constants.ts'

/** The index of the best score (or the side of the threshold), and the label at that index. */
export const label = mlEmitter('ml.label', (node, { labels, rule, threshold = 0 }, ctx) => {
  const g = ctx.graph
  const x = ctx.matrix(node)
  const index =
    rule === 'threshold'
      ? ctx.cast(g.op('Reshape', [g.op('Greater', [x, scalar(g, threshold)]), g.int64([-1])]), 'int64')
      : g.op(rule === 'argmax' ? 'ArgMax' : 'ArgMin', [x], { axis: 1, keepdims: 0 })
  const table = g.constant(categories(labels, labelType(labels)), 'labels')
  ctx.result(node, g.op('Gather', [table, index], { axis: 0 }))
})
