import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import { apply, column, number } from '../../../core/ops/ml/expression.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS, oneVersusRest, softmax } from './classification.ts'
import { type Columns, columnsOf, float32Table, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { dummyDistribution, dummyValue } from './dummies.ts'
import { classLabels, text } from './estimator.ts'
import { objectMatrix } from './object-matrix.ts'
import { addTree, cartTree } from './tree.ts'

/** Probabilities are kept this far from 0 and 1 before their log-odds are taken (numpy.finfo(float32).eps). */
const EPSILON = 2 ** -23

type Link = 'identity' | 'logit' | 'half-logit' | 'log'

/** The trees' targets with what they start from: constants, or the raw scores of the `init` estimator. */
interface Start {
  readonly base: number[]
  readonly scores?: ValueName
}

function clip(p: number): number {
  return Math.min(Math.max(p, EPSILON), 1 - EPSILON)
}

/** Constant starting scores of one or several targets. */
function constantStart(p: readonly number[], link: Link): number[] {
  if (link === 'identity') return [...p]
  if (link === 'log') return p.map((x) => Math.log(clip(x)))
  const odds = Math.log(clip(p[1] ?? 0) / (1 - clip(p[1] ?? 0)))
  return [link === 'logit' ? odds : odds / 2]
}

/** Raw predictions of `init_` (sklearn/ensemble/_gb.py, _init_raw_predictions). */
function start(ctx: LoweringContext, estimator: PyView, columns: Columns, link: Link, targets: number): Start {
  const init = estimator.find('init_') ?? estimator.find('init')
  if (init === undefined || init.value === 'zero') return { base: new Array<number>(targets).fill(0) }
  if (init.className === 'DummyClassifier') return { base: constantStart(dummyDistribution(init), link) }
  if (init.className === 'DummyRegressor') return { base: [...dummyValue(init)] }
  const old = OLD_INITIAL[init.className]
  if (old) return { base: old(init) }
  const prediction = ctx.predict(init, columns)
  const zeros = new Array<number>(targets).fill(0)
  if (prediction.kind === 'values') return { base: zeros, scores: prediction.value }
  if (prediction.kind !== 'classes' || prediction.probabilities === undefined) {
    throw new UnsupportedError(`init=${init.className} has no probabilities`)
  }
  return { base: zeros, scores: logOdds(ctx, prediction.probabilities, link) }
}

/** Initial estimators of versions before 0.21. */
const OLD_INITIAL: Readonly<Record<string, (init: PyView) => number[]>> = {
  LogOddsEstimator: (init) => [init.attr('prior').number()],
  ScaledLogOddsEstimator: (init) => [init.attr('prior').number()],
  PriorProbabilityEstimator: (init) => [...init.attr('priors').float64().data],
  MeanEstimator: (init) => [init.attr('mean').number()],
  QuantileEstimator: (init) => [init.attr('quantile').number()],
}

function logOdds(ctx: LoweringContext, probabilities: ValueName, link: Link): ValueName {
  const width = ctx.builder.type(probabilities).shape?.[1] as number
  const clipped = ctx.builder.ml('ml.scale', [probabilities], { clip: [EPSILON, 1 - EPSILON] })
  const log = (index: number) => apply('ln', column(index))
  const expressions =
    link === 'log'
      ? Array.from({ length: width }, (_, k) => log(k))
      : [
          apply(
            '*',
            number(link === 'logit' ? 1 : 0.5),
            apply('ln', apply('/', column(1), apply('-', number(1), column(1)))),
          ),
        ]
  return ctx.builder.ml('ml.expression', [clipped], { expressions, type: 'number' })
}

/** Σ learning_rate · tree + start, [N, K]. */
function rawScores(ctx: LoweringContext, estimator: PyView, columns: Columns, link: Link): ValueName {
  const stages = objectMatrix(estimator.attr('estimators_'))
  const targets = stages[0]?.length ?? 1
  const rate = estimator.attr('learning_rate').number()
  const { base, scores } = start(ctx, estimator, rounded(ctx, columns), link, targets)
  const builder = new TreeEnsembleBuilder(targets)
  for (const stage of stages) {
    for (const [k, member] of stage.entries()) {
      const tree = cartTree(member)
      addTree(builder, tree, (node) => {
        const values = new Float64Array(targets)
        values[k] = rate * (tree.values[node] as number)
        return values
      })
    }
  }
  const ensemble = builder.build({ aggregate: 'sum', base })
  const sum = ctx.builder.ml('ml.treeEnsemble', float32Table(ctx, columns), { ensemble })
  return scores === undefined ? sum : ctx.builder.op('Add', [sum, ctx.cast(scores, 'float64')])
}

/** The initial estimator sees the table rounded to float32, as the trees do. */
function rounded(ctx: LoweringContext, columns: Columns): Columns {
  return float32Table(ctx, columns).flatMap((value) => [...columnsOf(ctx, value)])
}

function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns) {
  const classes = classLabels(estimator.attr('classes_'))
  const isExponential = text(estimator, 'loss', 'deviance') === 'exponential'
  const isBinary = classes.labels.length === 2
  const scores = rawScores(ctx, estimator, columns, isBinary ? (isExponential ? 'half-logit' : 'logit') : 'log')
  if (!isBinary) return byProbability(ctx, classes, softmax(ctx, scores), scores)
  const decision = isExponential ? ctx.builder.ml('ml.scale', [scores], { factor: Float64Array.of(2) }) : scores
  return byProbability(ctx, classes, oneVersusRest(ctx, decision), scores)
}

export const gradientBoosting: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.GradientBoostingClassifier',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.scale', 'ml.expression', 'Add', ...CLASS_OPS],
    predict: classifier,
  },
  {
    operator: 'sklearn.GradientBoostingRegressor',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'Add'],
    predict: (ctx, estimator, columns) => ({ kind: 'values', value: rawScores(ctx, estimator, columns, 'identity') }),
  },
]
