import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import { inlineRows } from '../../arrays.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder, formulaOfValue, mapFormula } from '../../columns/formula.ts'
import {
  attribute,
  childrenNamed,
  localName,
  numberAttribute,
  parseNumber,
  requireAttribute,
  requireChild,
  requireNumber,
} from '../../elements.ts'
import { parseValue } from '../../fields/data-type.ts'
import { targetFieldsOf } from '../../fields/mining-schema.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { columnOf, type ModelEnv, type ModelResult, once, type Prediction } from '../prediction.ts'
import { rescaled, targetNamed } from '../target.ts'
import { comparisons, isSimilarity } from './comparison-measure.ts'

/** NearestNeighborModel (PMML 4.4): the nearest training instances, their votes or averages. */
export const nearestNeighborModel: ModelLowering = lowering(
  'NearestNeighborModel',
  ['ml.distance', 'ml.nearest', 'ml.label', 'ReduceMean', 'ReduceSum', 'Mul', 'Div', 'Unsqueeze'],
  (env): ModelResult | Prediction => {
    const neighbors = findNeighbors(env)
    const targets = targetFieldsOf(env.model)
    const { ranked: entity, distance } = neighbors
    if (targets.length === 0) return { kind: 'neighbors', entity, distance }
    const predictions = targets.map((name) => {
      const target = targetNamed(env.ctx, env.model, name)
      const own = { ...env, target }
      const isNumber = target.opType === 'continuous'
      const prediction = isNumber ? average(own, neighbors, name) : vote(own, neighbors, name)
      return {
        target,
        prediction:
          prediction.kind === 'value' ? { ...prediction, formula: rescaled(prediction.formula, target) } : prediction,
      }
    })
    return { predictions, outputs: [] }
  },
)

interface Neighbors {
  /** The training table's column of a field. */
  readonly column: (field: string) => string[]
  /** [N, k]. */
  readonly indices: () => ValueName
  readonly distances: () => ValueName
  readonly count: number
  /** The id of the neighbor of a rank, counting from 1. */
  readonly ranked: (rank: number) => Formula
  readonly distance: (rank: number) => Formula
}

function findNeighbors(env: ModelEnv): Neighbors {
  const { ctx, scope, model } = env
  const instances = requireChild(model, 'TrainingInstances')
  const rows = inlineRows(requireChild(instances, 'InlineTable'))
  const columns = new Map(
    childrenNamed(requireChild(instances, 'InstanceFields'), 'InstanceField').map((field) => {
      const name = requireAttribute(field, 'field')
      return [name, localName(attribute(field, 'column') ?? name)]
    }),
  )
  const column = (field: string): string[] => {
    const name = columns.get(field) ?? block(instances, `the field ${field} is not among the training instances`)
    return rows.map((row, i) => row[name] ?? block(instances, `row ${i + 1} has no ${field}`))
  }
  const fields = childrenNamed(requireChild(model, 'KNNInputs'), 'KNNInput').map((element) => ({
    element,
    formula: scope.field(requireAttribute(element, 'field')).formula,
  }))
  const numbers = fields.map(({ element }) =>
    column(requireAttribute(element, 'field')).map((text) => parseNumber(text, 'a training instance')),
  )
  const comparison = requireChild(model, 'ComparisonMeasure')
  if (isSimilarity(comparison)) return block(comparison, 'neighbors by similarity are not supported')
  const count = requireNumber(model, 'numberOfNeighbors')
  const found = once(() => {
    const points = rows.map((_, row) => numbers.map((values) => values[row] as number))
    const distances = comparisons(env, comparison, { fields, points })
    return ctx.hub.ops('ml.nearest', [distances], { k: count }, { outputs: 2 }) as [ValueName, ValueName]
  })
  const idField = attribute(model, 'instanceIdVariable')
  const ids = idField === undefined ? rows.map((_, i) => String(i + 1)) : column(idField)
  const indices = () => found()[0]
  const ranked = (rank: number): Formula =>
    mapFormula(columnOf(ctx, indices(), rank - 1), true, (arg) => ({
      kind: 'lookup',
      arg,
      keys: ids.map((_, i) => i),
      values: ids,
      type: 'string',
    }))
  const distances = () => found()[1]
  return { column, indices, distances, count, ranked, distance: (rank) => columnOf(ctx, distances(), rank - 1) }
}

/** [N, k] weights of the neighbors: 1 / (distance + threshold). */
function weightsOf({ ctx, model }: ModelEnv, { distances, count }: Neighbors): ValueName {
  const threshold = numberAttribute(model, 'threshold') ?? 0.001
  const columns = Array.from({ length: count }, (_, i): Formula => {
    const builder = new FormulaBuilder()
    const distance = builder.inline(columnOf(ctx, distances(), i))
    return builder.build(apply('/', number(1), apply('+', distance, number(threshold))), false)
  })
  return ctx.tables.matrix(columns)
}

function average(env: ModelEnv, neighbors: Neighbors, field: string): Prediction {
  const { ctx, model } = env
  const { hub } = ctx
  const method = attribute(model, 'continuousScoringMethod') ?? 'average'
  const numbers = neighbors.column(field).map((text) => parseNumber(text, `${field} of a training instance`))
  const values = hub.op('Gather', [hub.float64(numbers), neighbors.indices()], { axis: 0 })
  const { ranked: entity, distance } = neighbors
  const axis = hub.int64([1])
  switch (method) {
    case 'average':
      return {
        kind: 'value',
        formula: formulaOfValue(hub.op('ReduceMean', [values, axis], { keepdims: 1 })),
        entity,
        distance,
      }
    case 'weightedAverage': {
      const weights = weightsOf(env, neighbors)
      const sum = hub.op('ReduceSum', [hub.op('Mul', [values, weights]), axis], { keepdims: 1 })
      const total = hub.op('ReduceSum', [weights, axis], { keepdims: 1 })
      return { kind: 'value', formula: formulaOfValue(hub.op('Div', [sum, total])), entity, distance }
    }
    case 'median': {
      const builder = new FormulaBuilder()
      const columns = Array.from({ length: neighbors.count }, (_, i) => builder.inline(columnOf(ctx, values, i)))
      return { kind: 'value', formula: builder.build(apply('median', ...columns), false), entity, distance }
    }
    default:
      return block(model, `the scoring method ${method} is not known`)
  }
}

/** The class of most neighbors; of equals that of most training instances, then the first in lexical order. */
function vote(env: ModelEnv, neighbors: Neighbors, field: string): Prediction {
  const { ctx, model, target } = env
  const { hub } = ctx
  const method = attribute(model, 'categoricalScoringMethod') ?? 'majorityVote'
  if (method !== 'majorityVote' && method !== 'weightedMajorityVote')
    return block(model, `the scoring method ${method} is not known`)
  const texts = neighbors.column(field)
  const { ranked: entity, distance } = neighbors
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  const names = [...counts.keys()].sort(
    (a, b) => (counts.get(b) as number) - (counts.get(a) as number) || (a < b ? -1 : 1),
  )
  const labels = names.map((name): Category => parseValue(name, target.dataType))
  const place = new Map(names.map((name, k) => [name, k]))
  const classes = texts.map((text) => place.get(text) as number)
  const label = once(() => {
    const chosen = hub.op('Gather', [hub.float64(classes), neighbors.indices()], { axis: 0 })
    const weights = method === 'majorityVote' ? undefined : weightsOf(env, neighbors)
    const votes = names.map((_, k): Formula => {
      const builder = new FormulaBuilder()
      const ballots = Array.from({ length: neighbors.count }, (_unused, i): Expression => {
        const matches = apply('equal', builder.inline(columnOf(ctx, chosen, i)), number(k))
        return weights ? apply('*', matches, builder.inline(columnOf(ctx, weights, i))) : matches
      })
      return builder.build(
        ballots.reduce((a, b) => apply('+', a, b)),
        false,
      )
    })
    return hub.ml('ml.label', [ctx.tables.matrix(votes)], { labels, rule: 'argmax' })
  })
  return { kind: 'classes', labels, names, dataType: target.dataType, label, entity, distance }
}
