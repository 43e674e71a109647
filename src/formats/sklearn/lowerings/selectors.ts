import { UnsupportedError } from '../../../core/errors.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Column, type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { isFittedSince, memberOf, num, requireSetting, text, vector } from './estimator.ts'
import { importances } from './importances.ts'

/** Which columns a fitted selector keeps. */
type Support = (selector: PyView) => boolean[]

const selector = (operator: string, support: Support): EstimatorLowering => ({
  operator,
  produces: TABLE_OPS,
  transform: (_ctx, estimator, columns): Columns => {
    const kept = support(estimator)
    return kept.flatMap((isKept, i) => (isKept ? [columns[i] as Column] : []))
  },
})

const booleans = (view: PyView): boolean[] => Array.from(vector(view), (flag) => flag !== 0)

/** Scores with NaN as the lowest possible (sklearn/feature_selection/_univariate_selection.py, _clean_nans). */
const scoresOf = (estimator: PyView): number[] =>
  Array.from(vector(estimator.attr('scores_')), (score) => (Number.isNaN(score) ? -Number.MAX_VALUE : score))

/** The k best, later columns first among equals (numpy.argsort is stable, and its tail is taken). */
function best(scores: readonly number[], k: number): boolean[] {
  const order = scores.map((_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b)
  const chosen = new Set(k === 0 ? [] : order.slice(-k))
  return scores.map((_, i) => chosen.has(i))
}

function kBest(estimator: PyView, parameter = 'k'): boolean[] {
  const scores = scoresOf(estimator)
  const k = estimator.attr(parameter)
  return best(scores, k.value === 'all' ? scores.length : Math.min(k.integer(), scores.length))
}

/** numpy.percentile with linear interpolation. */
function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = (percentile / 100) * (sorted.length - 1)
  const low = sorted[Math.floor(position)] as number
  const high = sorted[Math.ceil(position)] as number
  return low + (high - low) * (position - Math.floor(position))
}

function percentile(estimator: PyView, parameter = 'percentile'): boolean[] {
  const scores = scoresOf(estimator)
  const wanted = estimator.attr(parameter).number()
  if (wanted === 100) return scores.map(() => true)
  if (wanted === 0) return scores.map(() => false)
  const threshold = percentileOf(scores, 100 - wanted)
  const mask = scores.map((score) => score > threshold)
  let room = Math.floor((scores.length * wanted) / 100) - mask.filter(Boolean).length
  return mask.map((isKept, i) => isKept || (scores[i] === threshold && room-- > 0))
}

const pValues = (estimator: PyView): number[] => [...vector(estimator.attr('pvalues_'))]

/** The Benjamini–Hochberg procedure. */
function falseDiscoveryRate(estimator: PyView, parameter = 'alpha'): boolean[] {
  const all = pValues(estimator)
  const alpha = estimator.attr(parameter).number()
  const sorted = [...all].sort((a, b) => a - b)
  const selected = sorted.filter((p, i) => p <= (alpha / all.length) * (i + 1))
  const last = selected.at(-1)
  return all.map((p) => last !== undefined && p <= last)
}

const falsePositiveRate = (estimator: PyView, parameter = 'alpha'): boolean[] =>
  pValues(estimator).map((p) => p < estimator.attr(parameter).number())

const familyWiseError = (estimator: PyView, parameter = 'alpha'): boolean[] =>
  pValues(estimator).map((p, _, all) => p < estimator.attr(parameter).number() / all.length)

/** GenericUnivariateSelect is one of the others by its `mode`, with `param` as their parameter. */
const MODES: Readonly<Record<string, (estimator: PyView, parameter: string) => boolean[]>> = {
  percentile,
  k_best: kBest,
  fpr: falsePositiveRate,
  fdr: falseDiscoveryRate,
  fwe: familyWiseError,
}

function genericUnivariate(estimator: PyView): boolean[] {
  const mode = requireSetting(estimator, 'mode', Object.keys(MODES), 'percentile')
  return (MODES[mode] as (typeof MODES)[string])(estimator, 'param')
}

/** `SelectFromModel.threshold_` (sklearn/feature_selection/_from_model.py, _calculate_threshold). */
function fromModel(estimator: PyView): boolean[] {
  const member = memberOf(estimator)
  const scores = importances(member, num(estimator, 'norm_order', 1))
  const limit = thresholdOf(estimator, member, scores)
  const most = estimator.optional('max_features_') ?? estimator.optional('max_features')
  const amongBest =
    most?.isKind('global') || most === undefined ? scores.map(() => true) : highest(scores, most.integer())
  return scores.map((score, i) => score >= limit && (amongBest[i] as boolean))
}

/** The k highest, earlier columns first among equals. */
function highest(scores: readonly number[], k: number): boolean[] {
  const order = scores.map((_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b)
  const chosen = new Set(order.slice(0, k))
  return scores.map((_, i) => chosen.has(i))
}

function thresholdOf(estimator: PyView, member: PyView, scores: readonly number[]): number {
  const threshold = estimator.optional('threshold')
  if (threshold === undefined) {
    return isSparse(member) ? 1e-5 : mean(scores)
  }
  if (typeof threshold.value !== 'string') return threshold.number()
  const [factor, reference] = threshold.value.includes('*') ? threshold.value.split('*') : ['1', threshold.value]
  const name = reference?.trim()
  if (name !== 'mean' && name !== 'median') throw new UnsupportedError(`threshold=${threshold.value} is not known`)
  return Number(factor) * (name === 'mean' ? mean(scores) : percentileOf(scores, 50))
}

/** Whether an estimator was fitted with an L1 penalty alone, so that it leaves columns out by itself. */
function isSparse(member: PyView): boolean {
  const { className } = member
  if (text(member, 'penalty', '') === 'l1' || /Lasso/.test(className)) return true
  const isMixed =
    /^ElasticNet/.test(className) || (/^LogisticRegression/.test(className) && isFittedSince(member, 1, 8))
  const ratio = member.optional('l1_ratio_') ?? member.optional('l1_ratio')
  return isMixed && ratio !== undefined && vector(ratio).every((value) => Math.abs(value - 1) <= 1e-8 + 1e-5)
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

function variance(estimator: PyView): boolean[] {
  const threshold = num(estimator, 'threshold', 0)
  return Array.from(vector(estimator.attr('variances_')), (v) => v > threshold)
}

/** sklearn2pmml escapes selectors into a proxy that keeps the mask. */
function proxied(estimator: PyView): boolean[] {
  return booleans(estimator.attr('support_mask_'))
}

export const selectors: readonly EstimatorLowering[] = [
  selector('sklearn.SelectKBest', kBest),
  selector('sklearn.SelectPercentile', percentile),
  selector('sklearn.SelectFpr', falsePositiveRate),
  selector('sklearn.SelectFwe', familyWiseError),
  selector('sklearn.SelectFdr', falseDiscoveryRate),
  selector('sklearn.GenericUnivariateSelect', genericUnivariate),
  selector('sklearn.SelectFromModel', fromModel),
  selector('sklearn.VarianceThreshold', variance),
  selector('sklearn.SequentialFeatureSelector', (e) => booleans(e.attr('support_'))),
  selector('sklearn2pmml.SelectorProxy', proxied),
  selector('sklearn2pmml.SelectUnique', (e) => booleans(e.attr('support_mask_'))),
]
