import type { PmmlContext } from '../context.ts'
import { nodeBehind } from '../decisions.ts'
import type { ModelSpec } from '../segment.ts'
import { regressionOver } from './linear.ts'

/** A regression for each column of a value: the estimator's own where one makes it, else one that gives the column as it is. */
export function regressionsOf(ctx: PmmlContext, value: string): readonly ModelSpec[] {
  const node = nodeBehind(ctx, value)
  if (node?.op === 'Concat') return node.inputs.flatMap((part) => regressionsOf(ctx, part))
  const direct = node && ctx.estimators.get(node.op)?.regression?.(ctx, node)
  return direct ?? ctx.columns(value).map((column) => regressionOver(ctx, node?.origin ?? [], column))
}
