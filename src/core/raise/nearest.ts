import type { Node } from '../ir/graph.ts'
import { numbersOf } from '../ir/tensor.ts'
import type { RaiseRule, Rewriting } from './rewriting.ts'

/** The distances that a value is, rounded or not. */
function distancesBehind(value: string | undefined, rewriting: Rewriting): string | undefined {
  const distances = rewriting.uncast(value ?? '')
  return rewriting.producer(distances)?.op === 'ml.distance' ? distances : undefined
}

const isOverColumns = (node: Node, fallback: number) => [1, -1].includes(Number(node.attributes['axis'] ?? fallback))

/** The k smallest distances of each row are its neighbours. */
export const raiseNearest: RaiseRule = {
  replaces: ['TopK'],
  produces: ['ml.nearest', 'Cast'],
  rewrite: (node, rewriting) => {
    const distances = distancesBehind(node.inputs[0], rewriting)
    const k = numbersOf(rewriting.constant(node.inputs[1]))?.[0]
    if (!distances || k === undefined || node.attributes['largest'] !== 0 || !isOverColumns(node, -1)) return undefined
    const shape = [rewriting.type(distances).shape?.[0] ?? null, k]
    const types = [
      { dtype: 'int64', shape },
      { dtype: 'float64', shape },
    ] as const
    const nearest = rewriting.node(node, 'ml.nearest', [distances], { k }, ...types)
    const [values = '', indices = ''] = node.outputs
    const [ownIndices = '', ownDistances = ''] = nearest.outputs
    const named = { ...nearest, outputs: [indices || ownIndices, ownDistances] }
    return values ? [named, rewriting.copy(node, ownDistances, values)] : [named]
  },
}

/** The place of the nearest of some points is the label of a cluster. */
export const raiseClusters: RaiseRule = {
  replaces: ['ArgMin'],
  produces: ['ml.label', 'Cast'],
  rewrite: (node, rewriting) => {
    const distances = distancesBehind(node.inputs[0], rewriting)
    const columns = rewriting.type(distances).shape?.[1]
    const { shape } = rewriting.type(node.outputs[0])
    if (!distances || typeof columns !== 'number' || shape?.length !== 1 || !isOverColumns(node, 0)) return undefined
    const labels = Array.from({ length: columns }, (_, k) => k)
    const label = rewriting.node(node, 'ml.label', [distances], { labels, rule: 'argmin' }, { dtype: 'int64', shape })
    return rewriting.finish(node, [label])
  },
}
