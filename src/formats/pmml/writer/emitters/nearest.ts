import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import { type Column, formatNumber } from '../field.ts'
import { type OutputField, Scope } from '../segment.ts'
import { measureElement } from './clustering.ts'

/** ml.nearest as a NearestNeighborModel that only tells the neighbours; what they stand for is looked up afterwards. */
export const nearestEmitters: Readonly<Record<string, Emitter>> = { 'ml.nearest': nearest }

/** The column of the training instances that identifies them: the position in the points, from 0. */
const ID = 'id'

function nearest(ctx: PmmlContext, node: Node): readonly Column[] {
  const { k } = node.attributes as unknown as MlAttributes['ml.nearest']
  const distance = ctx.producer(node.inputs[0] ?? '')
  if (distance?.op !== 'ml.distance') {
    return ctx.block(node, 'unsupported-neighbours', 'PMML knows the nearest of some points only')
  }
  const attributes = distance.attributes as unknown as MlAttributes['ml.distance']
  const measure = measureElement(attributes)
  if (!measure) return ctx.block(distance, 'unsupported-metric', `PMML has no ${attributes.metric} distance`)
  const scope = new Scope()
  const fields = ctx.table(distance).map((column) => scope.use(ctx.field(column)))
  const outputs = [
    ...Array.from({ length: k }, (_, i) => neighbor(ctx, 'entityId', 'integer', `neighbor ${i + 1}`, i + 1)),
    // entityAffinity is about the winner, which has no category that an affinity could be about
    neighbor(ctx, 'entityAffinity', 'double', 'distance 1', undefined),
    ...Array.from({ length: k - 1 }, (_, i) => neighbor(ctx, 'affinity', 'double', `distance ${i + 2}`, i + 2)),
  ]
  const { stage } = ctx.addSegment(
    {
      element: 'NearestNeighborModel',
      functionName: 'clustering',
      attributes: { numberOfNeighbors: k, instanceIdVariable: ID },
      scope,
      content: [
        trainingInstances(fields, attributes.points),
        el('ComparisonMeasure', { kind: 'distance', compareFunction: 'absDiff' }, measure),
        el(
          'KNNInputs',
          {},
          fields.map((field, j) => {
            const weight = attributes.weights?.[j]
            return el('KNNInput', { field, fieldWeight: weight === undefined ? undefined : formatNumber(weight) })
          }),
        ),
      ],
      origin: [...new Set([...distance.origin, ...node.origin])],
    },
    [],
    outputs,
  )
  const columns = outputs.map(
    ({ name, dataType, opType }): Column => ({ kind: 'field', field: { name, dataType, opType, stage } }),
  )
  ctx.define(node.outputs[1] ?? '', columns.slice(k))
  const indices = columns.slice(0, k)
  ctx.define(node.outputs[0] ?? '', indices)
  return indices
}

function neighbor(
  ctx: PmmlContext,
  feature: OutputField['feature'],
  dataType: 'integer' | 'double',
  hint: string,
  rank: number | undefined,
): OutputField {
  const opType = dataType === 'integer' ? 'categorical' : 'continuous'
  return { name: ctx.name(hint), feature, dataType, opType, final: false, ...(rank === undefined ? {} : { rank }) }
}

/** The points as an InlineTable with one row each; the fields are derived already. */
function trainingInstances(fields: readonly string[], points: Float64Array): Element {
  const instanceFields = fields.map((field, j) => el('InstanceField', { field, column: `c${j + 1}` }))
  const rows = Array.from({ length: points.length / Math.max(1, fields.length) }, (_, i) =>
    el(
      'row',
      {},
      el(ID, {}, String(i)),
      fields.map((_, j) => el(`c${j + 1}`, {}, formatNumber(points[i * fields.length + j] ?? 0))),
    ),
  )
  return el(
    'TrainingInstances',
    { isTransformed: true, recordCount: rows.length, fieldCount: fields.length + 1 },
    el('InstanceFields', {}, el('InstanceField', { field: ID, column: ID }), instanceFields),
    el('InlineTable', {}, rows),
  )
}
