import type { Scene } from './scene.ts'

export type Direction = 'up' | 'down' | 'left' | 'right'

/** Where an arrow key leads from a node: along a line up or down, or to the nearest neighbour at about the same height. */
export function step(scene: Scene, from: number, direction: Direction): number | undefined {
  if (from < 0) return firstNode(scene)
  const { layout } = scene
  const centreX = (i: number) => layout.x[i]! + layout.widths[i]! / 2
  if (direction === 'up' || direction === 'down') {
    const next = direction === 'up' ? scene.before[from]! : scene.after[from]!
    return next.toSorted((a, b) => Math.abs(centreX(a) - centreX(from)) - Math.abs(centreX(b) - centreX(from)))[0]
  }
  const sign = direction === 'left' ? -1 : 1
  let best: number | undefined
  for (let i = 0; i < layout.x.length; i++) {
    const isBeside =
      layout.y[i]! < layout.y[from]! + layout.heights[from]! && layout.y[i]! + layout.heights[i]! > layout.y[from]!
    if (i === from || !isBeside || scene.graph.nodes[i]!.kind === 'open') continue
    const away = (centreX(i) - centreX(from)) * sign
    if (away > 0 && (best === undefined || away < (centreX(best) - centreX(from)) * sign)) best = i
  }
  return best
}

function firstNode({ graph }: Scene): number | undefined {
  const first = graph.nodes.findIndex(({ kind }) => kind === 'node' || kind === 'closed')
  return first < 0 ? undefined : first
}
