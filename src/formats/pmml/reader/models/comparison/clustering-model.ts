import { arrayChild, numbersOfArray } from '../../arrays.ts'
import { block } from '../../blocked.ts'
import { attribute, childNamed, childrenNamed, requireAttribute, requireChild } from '../../elements.ts'
import { entityIds } from '../entities.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { type ClusterPrediction, once } from '../prediction.ts'
import { comparisons, isSimilarity } from './comparison-measure.ts'

/** ClusteringModel (PMML 4.4) around centers; the id of the nearest is the answer. */
export const clusteringModel: ModelLowering = lowering(
  'ClusteringModel',
  ['ml.distance', 'ml.label'],
  (env): ClusterPrediction => {
    const { ctx, scope, model } = env
    if (attribute(model, 'modelClass') === 'distributionBased') {
      return block(model, 'clusters are described by distributions', 'Only clusters around centers can be converted.')
    }
    const fields = childrenNamed(model, 'ClusteringField')
      .filter((element) => attribute(element, 'isCenterField') !== 'false')
      .map((element) => ({ element, formula: scope.field(requireAttribute(element, 'field')).formula }))
    const clusters = childrenNamed(model, 'Cluster')
    const points = clusters.map((cluster) => {
      const point = numbersOfArray(arrayChild(cluster) ?? block(cluster, 'it has no center'))
      return point.length === fields.length
        ? point
        : block(cluster, `a center of ${point.length} numbers for ${fields.length} fields`)
    })
    const weights = childNamed(model, 'MissingValueWeights')
    const missingWeights = weights && arrayChild(weights)
    const comparison = requireChild(model, 'ComparisonMeasure')
    const ids = [...entityIds(clusters).values()]
    const affinities = once(() =>
      comparisons(env, comparison, {
        fields,
        points,
        ...(missingWeights ? { missingWeights: numbersOfArray(missingWeights) } : {}),
      }),
    )
    const rule = isSimilarity(comparison) ? 'argmax' : 'argmin'
    return {
      kind: 'clusters',
      ids,
      names: clusters.map((cluster, i) => attribute(cluster, 'name') ?? (ids[i] as string)),
      affinities,
      label: once(() => ctx.hub.ml('ml.label', [affinities()], { labels: ids, rule })),
    }
  },
)
