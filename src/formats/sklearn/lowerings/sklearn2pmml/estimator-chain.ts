import { UnsupportedError } from '../../../../core/errors.ts'
import type { ValueName } from '../../../../core/ir/builder.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { asColumn, asValue } from '../classification.ts'
import { type Columns, columnsOf, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { flag } from '../estimator.ts'
import type { Prediction } from '../prediction.ts'
import { leafIndices } from '../tree-leaves.ts'
import { conditionalSteps, firstAnswer } from './select-first.ts'

/** Further columns that a Link makes of its estimator's answers. */
function augmented(ctx: LoweringContext, link: PyView, prediction: Prediction, columns: Columns): Columns {
  const values = link
    .attr('augment_funcs')
    .strings()
    .map((name): ValueName => {
      if (name === 'apply') return leafIndices(ctx, link.attr('estimator_'), columns)
      if (name === 'predict') {
        return prediction.kind === 'classes'
          ? asColumn(ctx, prediction.label)
          : asValue(ctx, prediction, 'The linked estimator')
      }
      const value =
        prediction.kind !== 'classes'
          ? undefined
          : name === 'predict_proba'
            ? prediction.probabilities
            : prediction.decision
      if (value !== undefined) return value
      throw new UnsupportedError(`A Link with ${name} can not be converted`)
    })
  return [...columns, ...values.flatMap((value) => [...columnsOf(ctx, value)])]
}

/**
 * Estimators in sequence, one target each; a Link gives those after it what it found out. With `multioutput=False` all
 * answer for one target, and of those whose predicate holds the last one counts.
 */
function chain(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  if (!flag(estimator, 'multioutput', true)) {
    return firstAnswer(ctx, estimator, conditionalSteps(ctx, estimator, columns).reverse(), columns)
  }
  const steps = estimator.attr('steps').items()
  const targets: Prediction[] = []
  let table = columns
  for (const step of steps) {
    if (step.item(2).value !== 'True') {
      throw new UnsupportedError('A chain whose estimators answer under a condition can not be converted', {
        hint: 'Use the predicate "True", or multioutput=False.',
      })
    }
    const member = step.item(1)
    const prediction = ctx.predict(member, table)
    targets.push(prediction)
    if (member.className === 'Link') table = augmented(ctx, member, prediction, table)
  }
  const [only] = targets
  return targets.length === 1 && only ? only : { kind: 'multi', targets }
}

export const estimatorChains: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn2pmml.EstimatorChain',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.expression', 'ml.label', 'Reshape'],
    predict: chain,
  },
  {
    operator: 'sklearn2pmml.Link',
    produces: [],
    predict: (ctx, estimator, columns) => ctx.predict(estimator.attr('estimator_'), columns),
  },
]
