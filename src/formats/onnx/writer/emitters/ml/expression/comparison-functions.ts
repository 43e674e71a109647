import type { ExpressionFunction } from '../../../../../../core/ops/ml/expression.ts'
import type { EmitContext } from '../../../emitter.ts'
import { asNumber, asText, type ScalarValue, truthValue } from './scalar-value.ts'

type Emit = (ctx: EmitContext, args: readonly ScalarValue[]) => ScalarValue

/** Text is equal or not; ONNX has no order for it. */
const equality =
  (isEqual: boolean): Emit =>
  (ctx, [a, b]) => {
    const g = ctx.graph
    const [x, y] = [a as ScalarValue, b as ScalarValue]
    const convert = x.type === 'string' || y.type === 'string' ? asText : asNumber
    const equal = g.op('Equal', [convert(ctx, x), convert(ctx, y)])
    return truthValue(isEqual ? equal : g.op('Not', [equal]))
  }

const order =
  (op: string): Emit =>
  (ctx, [a, b]) => {
    if (a?.type === 'string' || b?.type === 'string') {
      return ctx.block(
        'a text is compared for order, which ONNX can not do',
        'Compare for equality, or convert to PMML.',
      )
    }
    return truthValue(ctx.graph.op(op, [asNumber(ctx, a as ScalarValue), asNumber(ctx, b as ScalarValue)]))
  }

/** Missing where an argument is missing: the caller sees to that. */
export const COMPARISON_FUNCTIONS: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  equal: equality(true),
  notEqual: equality(false),
  lessThan: order('Less'),
  lessOrEqual: order('LessOrEqual'),
  greaterThan: order('Greater'),
  greaterOrEqual: order('GreaterOrEqual'),
}
