import type { ValueName } from '../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { LoweringContext } from './context.ts'
import type { OutlierPrediction } from './prediction.ts'

/** An outlier detector: `decision_function` as an expression of a value's columns, an outlier where it is negative. */
export function outliers(ctx: LoweringContext, scores: ValueName, decisionOf: Expression): OutlierPrediction {
  const decision = ctx.builder.ml('ml.expression', [scores], { expressions: [decisionOf], type: 'number' })
  const outlier = ctx.builder.ml('ml.expression', [decision], {
    expressions: [apply('lessThan', column(0), number(0))],
    type: 'boolean',
  })
  return { kind: 'outliers', decision, outlier }
}
