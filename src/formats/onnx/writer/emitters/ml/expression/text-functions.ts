import type { ExpressionFunction } from '../../../../../../core/ops/ml/expression.ts'
import type { EmitContext } from '../../../emitter.ts'
import { re2Pattern } from '../re2-pattern.ts'
import { changeCase } from '../text-case.ts'
import { asText, type ScalarValue, textValue, truthValue } from './scalar-value.ts'

type Emit = (ctx: EmitContext, args: readonly ScalarValue[]) => ScalarValue

const casing =
  (action: 'UPPER' | 'LOWER'): Emit =>
  (ctx, [arg]) => {
    const g = ctx.graph
    const flat = g.op('Reshape', [asText(ctx, arg as ScalarValue), g.int64([-1])])
    return textValue(g.op('Reshape', [changeCase(ctx, flat, action), g.int64([-1, 1])]))
  }

/** A missing part ('') adds nothing, so it is passed over as it should be. */
const concat: Emit = (ctx, args) =>
  textValue(args.map((arg) => asText(ctx, arg)).reduce((a, b) => ctx.graph.op('StringConcat', [a, b])))

/** Whether the pattern occurs anywhere in the text. */
const matches: Emit = (ctx, [arg, pattern]) => {
  if (typeof pattern?.constant !== 'string') return ctx.block('the pattern of matches is not a constant')
  const translated = re2Pattern(pattern.constant)
  if (translated === undefined) {
    return ctx.block(`the regular expression ${pattern.constant} has parts that RE2, which ONNX uses, does not know`)
  }
  const whole = `(?s:.*)(?:${translated})(?s:.*)`
  return truthValue(ctx.graph.op('RegexFullMatch', [asText(ctx, arg as ScalarValue)], { pattern: whole }))
}

export const TEXT_FUNCTIONS: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  uppercase: casing('UPPER'),
  lowercase: casing('LOWER'),
  concat,
  matches,
}
