import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { Estimator } from '../estimator.ts'
import { type Column, formatNumber, number } from '../field.ts'
import { Scope } from '../segment.ts'
import { applied } from './columns.ts'

type Distance = MlAttributes['ml.distance']

/** The nearest of some points is a ClusteringModel. */
export const clustering: Estimator = {
  op: 'ml.distance',
  classification(ctx, node, head) {
    const attributes = node.attributes as unknown as Distance
    const measure = measureElement(attributes)
    if (head.rule !== 'argmin' || head.link || head.probabilities || !measure) return null
    // the id of a cluster is its label
    if (new Set(head.labels).size < head.labels.length) return null
    const columns = ctx.table(node)
    const scope = new Scope()
    const fields = columns.map((column, j) =>
      el('ClusteringField', {
        field: scope.use(ctx.field(column)),
        fieldWeight: attributes.weights ? formatNumber(attributes.weights[j] ?? 1) : undefined,
      }),
    )
    const clusters = head.labels.map((label, k) => {
      const point = attributes.points.subarray(k * columns.length, (k + 1) * columns.length)
      return el(
        'Cluster',
        { id: String(label) },
        el('Array', { type: 'real', n: point.length }, Array.from(point, formatNumber).join(' ')),
      )
    })
    return {
      element: 'ClusteringModel',
      functionName: 'clustering',
      attributes: { modelClass: 'centerBased', numberOfClusters: clusters.length },
      scope,
      content: [
        el('ComparisonMeasure', { kind: 'distance', compareFunction: 'absDiff' }, measure),
        ...fields,
        ...clusters,
      ],
      origin: node.origin,
    }
  },
}

export function measureElement({ metric, p }: Distance): Element | undefined {
  switch (metric) {
    case 'euclidean':
      return el('euclidean')
    case 'squaredEuclidean':
      return el('squaredEuclidean')
    case 'cityBlock':
      return el('cityBlock')
    case 'chebychev':
      return el('chebychev')
    case 'minkowski':
      return el('minkowski', { 'p-parameter': formatNumber(p ?? 2) })
    default:
      return undefined
  }
}

/** The distances themselves, as expressions. */
export const distanceEmitters: Readonly<Record<string, Emitter>> = { 'ml.distance': distances }

function distances(ctx: PmmlContext, node: Node): readonly Column[] {
  const { points, metric, p, weights } = node.attributes as unknown as Distance
  const columns = ctx.table(node).map((column): Column => ({ kind: 'field', field: ctx.field(column) }))
  const count = points.length / Math.max(1, columns.length)
  const exponent = metric === 'minkowski' ? (p ?? 2) : metric === 'cityBlock' || metric === 'chebychev' ? 1 : 2
  if (metric === 'cosine') ctx.block(node, 'unsupported-metric', 'the cosine distance has no PMML expression')
  return Array.from({ length: count }, (_, k) => {
    const terms = columns.map((column, j) => {
      const difference = applied(ctx, 'abs', applied(ctx, '-', column, number(points[k * columns.length + j] ?? 0)))
      const power = exponent === 1 ? difference : applied(ctx, 'pow', difference, number(exponent))
      return weights ? applied(ctx, '*', power, number(weights[j] ?? 1)) : power
    })
    if (metric === 'chebychev') return applied(ctx, 'max', ...terms)
    const sum = applied(ctx, 'sum', ...terms)
    if (metric === 'euclidean') return applied(ctx, 'sqrt', sum)
    return metric === 'minkowski' ? applied(ctx, 'pow', sum, number(1 / exponent)) : sum
  })
}
