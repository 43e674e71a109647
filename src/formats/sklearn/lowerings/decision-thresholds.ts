import { UnsupportedError } from '../../../core/errors.ts'
import { apply, column, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, CLASS_OPS } from './classification.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { category, text } from './estimator.ts'
import type { ClassPrediction } from './prediction.ts'

/** Which answer of the estimator is held against which threshold, and for which of its two classes. */
interface Cut {
  readonly threshold: number
  readonly usesProbability: boolean
  /** 0 or 1: the class that a score at or above the threshold means. */
  readonly positive: number
}

function cutOf(classifier: PyView, prediction: ClassPrediction): Cut {
  const method = text(classifier, 'response_method', 'auto')
  const usesProbability = method === 'predict_proba' || (method === 'auto' && prediction.probabilities !== undefined)
  const given = classifier.optional('best_threshold_') ?? classifier.attr('threshold')
  const threshold = given.value === 'auto' ? (usesProbability ? 0.5 : 0) : given.number()
  const label = classifier.optional('pos_label') ?? scorerLabel(classifier)
  const positive = label === undefined ? 1 : prediction.classes.labels.indexOf(category(label))
  return { threshold, usesProbability, positive }
}

/** The positive class of the score that TunedThresholdClassifierCV has optimised. */
function scorerLabel(classifier: PyView): PyView | undefined {
  const scorer = classifier.optional('_curve_scorer')
  return scorer?.isKind('object') ? scorer.optional('_kwargs')?.findKey('pos_label') : undefined
}

/** The label of a score of two classes at or above a threshold (sklearn/model_selection/_classification_threshold.py). */
function predict(ctx: LoweringContext, classifier: PyView, columns: Columns): ClassPrediction {
  const prediction = asClasses(ctx.predict(classifier.attr('estimator_'), columns), 'The estimator')
  const { labels } = prediction.classes
  if (labels.length !== 2) throw new UnsupportedError('A threshold needs an estimator of two classes')
  const { threshold, usesProbability, positive } = cutOf(classifier, prediction)
  const scores = usesProbability ? prediction.probabilities : prediction.decision
  if (scores === undefined) throw new UnsupportedError('The estimator has no score that a threshold could be for')
  // The decision is one column, positive for the second class.
  const score = usesProbability ? column(positive) : positive === 1 ? column(0) : apply('-', number(0), column(0))
  const isAbove = ctx.builder.ml('ml.expression', [scores], {
    expressions: [apply('greaterOrEqual', score, number(threshold))],
    type: 'boolean',
  })
  const label = ctx.builder.ml('ml.label', [isAbove], {
    labels: positive === 1 ? labels : [...labels].reverse(),
    rule: 'threshold',
    threshold: 0.5,
  })
  return { ...prediction, label, labelFunction: 'thresholded' }
}

const row = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.expression', ...CLASS_OPS],
  predict,
})

export const decisionThresholds: readonly EstimatorLowering[] = [
  row('FixedThresholdClassifier'),
  row('TunedThresholdClassifierCV'),
]
