import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder } from '../../columns/formula.ts'
import { attribute, contentOf, numberAttribute, requireNumber } from '../../elements.ts'
import type { ModelEnv } from '../prediction.ts'

/** A field that points are compared by. */
export interface ComparedField {
  readonly element: XmlElement
  readonly formula: Formula
}

/** Points to compare rows with. */
export interface ComparedPoints {
  readonly fields: readonly ComparedField[]
  /** [points][fields]. */
  readonly points: readonly ArrayLike<number>[]
  /** MissingValueWeights: missing fields are left out, and the others count for them. */
  readonly missingWeights?: ArrayLike<number>
}

type Metric = MlAttributes['ml.distance']['metric']

const METRICS: Readonly<Record<string, Metric>> = {
  euclidean: 'euclidean',
  squaredEuclidean: 'squaredEuclidean',
  chebychev: 'chebychev',
  cityBlock: 'cityBlock',
  minkowski: 'minkowski',
}

const SIMILARITIES: ReadonlySet<string> = new Set(['simpleMatching', 'jaccard', 'tanimoto', 'binarySimilarity'])

const measureOf = (comparison: XmlElement): XmlElement =>
  contentOf(comparison).find(({ name }) => name in METRICS || SIMILARITIES.has(name)) ??
  block(comparison, 'its measure is not known')

/** Whether the largest measure is the nearest. */
export const isSimilarity = (comparison: XmlElement): boolean => SIMILARITIES.has(measureOf(comparison).name)

/** [N, points]: how far each row is from each point, or how similar (PMML 4.4, ComparisonMeasure). */
export function comparisons(env: ModelEnv, comparison: XmlElement, compared: ComparedPoints): ValueName {
  const measure = measureOf(comparison)
  if (SIMILARITIES.has(measure.name)) return env.ctx.tables.matrix(similarities(env, measure, compared))
  const { ctx } = env
  const metric = METRICS[measure.name] as Metric
  const p = metric === 'minkowski' ? requireNumber(measure, 'p-parameter') : undefined
  const functions = compared.fields.map(
    ({ element }) => attribute(element, 'compareFunction') ?? attribute(comparison, 'compareFunction') ?? 'absDiff',
  )
  const table = ctx.tables.table(compared.fields.map(({ formula }) => formula))
  const isPlain = functions.every((name) => name === 'absDiff') && compared.missingWeights === undefined
  if (!isPlain || table.width !== compared.fields.length) {
    return ctx.tables.matrix(distances(env, metric, p, functions, compared))
  }
  const width = table.width
  const points = new Float64Array(compared.points.length * width)
  const weights = new Float64Array(width).fill(1)
  for (const [i, { element }] of compared.fields.entries()) {
    const at = table.index[i] as number
    weights[at] = numberAttribute(element, 'fieldWeight') ?? 1
    for (const [row, point] of compared.points.entries()) points[row * width + at] = point[i] as number
  }
  return ctx.hub.ml('ml.distance', table.inputs, {
    points,
    metric,
    ...(p === undefined ? {} : { p }),
    ...(weights.some((weight) => weight !== 1) ? { weights } : {}),
  })
}

/** Distances with other functions than the difference, or with weights for missing fields: one expression per point. */
function distances(
  env: ModelEnv,
  metric: Metric,
  p: number | undefined,
  functions: readonly string[],
  { fields, points, missingWeights }: ComparedPoints,
): Formula[] {
  const inner = metric === 'euclidean' || metric === 'squaredEuclidean' ? 2 : (p ?? 1)
  const outer = metric === 'euclidean' ? 0.5 : p === undefined ? 1 : 1 / p
  return points.map((point) => {
    const builder = new FormulaBuilder()
    const columns = fields.map(({ formula }) => builder.inline(env.ctx.settled(formula)))
    const terms = columns.map((x, i) => {
      const { element } = fields[i] as ComparedField
      const compare = contribution(element, functions[i] as string, x, point[i] as number)
      const powered =
        inner === 1 ? compare : inner === 2 ? apply('*', compare, compare) : apply('pow', compare, number(inner))
      const weighted = apply('*', powered, number(numberAttribute(element, 'fieldWeight') ?? 1))
      return missingWeights ? apply('if', apply('isMissing', x), number(0), weighted) : weighted
    })
    const total = metric === 'chebychev' ? apply('max', ...terms) : terms.reduce((a, b) => apply('+', a, b))
    const adjusted = missingWeights ? apply('*', total, adjustment(columns, missingWeights)) : total
    const root =
      outer === 1 ? adjusted : outer === 0.5 ? apply('sqrt', adjusted) : apply('pow', adjusted, number(outer))
    return builder.build(root, false)
  })
}

/** Σ weights / Σ weights of the fields that are present. */
function adjustment(columns: readonly Expression[], weights: ArrayLike<number>): Expression {
  const all = Array.from(weights).reduce((a, b) => a + b, 0)
  const present = columns
    .map((x, i) => apply('*', apply('isNotMissing', x), number(weights[i] as number)))
    .reduce((a, b) => apply('+', a, b))
  return apply('/', number(all), present)
}

function contribution(element: XmlElement, name: string, x: Expression, value: number): Expression {
  switch (name) {
    case 'absDiff':
      return apply('abs', apply('-', x, number(value)))
    case 'gaussSim': {
      const scale = requireNumber(element, 'similarityScale')
      const gap = apply('-', x, number(value))
      return apply('exp', apply('*', apply('*', gap, gap), number(-Math.log(2) / (scale * scale))))
    }
    case 'delta':
      return apply('if', apply('equal', x, number(value)), number(0), number(1))
    case 'equal':
      return apply('if', apply('equal', x, number(value)), number(1), number(0))
    default:
      return block(element, `the compare function ${name} is not supported`)
  }
}

/** Weights of the four ways in which two flags can go together (a₁₁, a₁₀, a₀₁, a₀₀), above and below the bar. */
type Contingency = readonly [number, number, number, number]

function contingencies(measure: XmlElement): readonly [Contingency, Contingency] {
  switch (measure.name) {
    case 'simpleMatching':
      return [
        [1, 0, 0, 1],
        [1, 1, 1, 1],
      ]
    case 'jaccard':
      return [
        [1, 0, 0, 0],
        [1, 1, 1, 0],
      ]
    case 'tanimoto':
      return [
        [1, 0, 0, 1],
        [1, 2, 2, 1],
      ]
    default: {
      const of = (kind: 'c' | 'd'): Contingency => [
        requireNumber(measure, `${kind}11-parameter`),
        requireNumber(measure, `${kind}10-parameter`),
        requireNumber(measure, `${kind}01-parameter`),
        requireNumber(measure, `${kind}00-parameter`),
      ]
      return [of('c'), of('d')]
    }
  }
}

function similarities(env: ModelEnv, measure: XmlElement, { fields, points }: ComparedPoints): Formula[] {
  const [above, below] = contingencies(measure)
  return points.map((point) => {
    const builder = new FormulaBuilder()
    const columns = fields.map(({ formula }) => builder.inline(env.ctx.settled(formula)))
    const sum = ([both, row, other, none]: Contingency): Expression =>
      columns
        .map((x, i) => {
          const [set, unset] = point[i] === 1 ? [both, other] : [row, none]
          return apply('+', apply('*', x, number(set - unset)), number(unset))
        })
        .reduce((a, b) => apply('+', a, b))
    return builder.build(apply('/', sum(above), sum(below)), false)
  })
}
