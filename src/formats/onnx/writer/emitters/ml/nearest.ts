import { mlEmitter } from '../../emitter.ts'

/** TopK takes the lower index of equals, as the hub does. */
export const nearest = mlEmitter('ml.nearest', (node, { k }, ctx) => {
  const g = ctx.graph
  const [values, indices] = g.ops(
    'TopK',
    [ctx.matrix(node), g.int64([k])],
    { axis: 1, largest: 0, sorted: 1 },
    { outputs: 2 },
  )
  ctx.result(node, indices as string, 0)
  ctx.result(node, values as string, 1)
})
