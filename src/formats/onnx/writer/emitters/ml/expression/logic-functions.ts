import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import type { Category } from '../../../../../../core/ir/model.ts'
import { tensorOf } from '../../../../../../core/ir/tensor.ts'
import type { ExpressionFunction } from '../../../../../../core/ops/ml/expression.ts'
import { isMissing } from '../../../../../../core/ops/ml/table.ts'
import type { EmitContext } from '../../../emitter.ts'
import { lookup } from '../lookup.ts'
import {
  anyMissing,
  asNumber,
  asTruth,
  disjunction,
  missingMask,
  type ScalarValue,
  truthValue,
} from './scalar-value.ts'

type Emit = (ctx: EmitContext, args: readonly ScalarValue[]) => ScalarValue

const all = (g: GraphBuilder, values: readonly ValueName[]) => values.reduce((a, b) => g.op('And', [a, b]))
const not = (g: GraphBuilder, value: ValueName) => g.op('Not', [value])
const constantTruth = (g: GraphBuilder, value: boolean) =>
  g.constant(tensorOf('bool', [1, 1], Uint8Array.of(value ? 1 : 0)))

/** False where an argument is false, missing where one is missing otherwise, else true. */
const and: Emit = (ctx, args) => {
  const g = ctx.graph
  const truths = args.map((arg) => asTruth(ctx, arg))
  const missing = anyMissing(ctx, truths)
  const truth = all(
    g,
    truths.map(({ value }) => value),
  )
  if (missing === undefined) return truthValue(truth)
  const noneFalse = all(
    g,
    truths.map((t) => (t.missing === undefined ? t.value : g.op('Or', [t.value, t.missing]))),
  )
  return truthValue(truth, g.op('And', [missing, noneFalse]))
}

/** True where an argument is true, missing where one is missing otherwise, else false. */
const or: Emit = (ctx, args) => {
  const g = ctx.graph
  const truths = args.map((arg) => asTruth(ctx, arg))
  const truth = disjunction(
    g,
    truths.map(({ value }) => value),
  ) as ValueName
  const missing = anyMissing(ctx, truths)
  return truthValue(truth, missing === undefined ? undefined : g.op('And', [missing, not(g, truth)]))
}

const negation: Emit = (ctx, [arg]) => {
  const g = ctx.graph
  const { value, missing } = asTruth(ctx, arg as ScalarValue)
  return truthValue(not(g, disjunction(g, [value, missing]) as ValueName), missing)
}

const presence =
  (isPresent: boolean): Emit =>
  (ctx, [arg]) => {
    const mask = missingMask(ctx, arg as ScalarValue)
    if (mask === undefined) return truthValue(constantTruth(ctx.graph, isPresent))
    return truthValue(isPresent ? not(ctx.graph, mask) : mask)
  }

/** Membership in a set of constants; a missing value is no member, unless the set has a missing member. */
const membership =
  (isMember: boolean): Emit =>
  (ctx, [value, ...set]) => {
    const members = set.map((member): Category => {
      if (member.constant === undefined) return ctx.block('isIn looks in a set that is not constant')
      return member.constant
    })
    const arg = value as ScalarValue
    const column = arg.type === 'string' ? arg.value : asNumber(ctx, arg)
    const found = lookup(ctx, column, {
      keys: members.filter((member) => !isMissing(member)),
      values: members.filter((member) => !isMissing(member)).map(() => 1),
      otherwise: 0,
      missing: members.some(isMissing) ? 1 : 0,
      type: 'int64',
    })
    const truth = ctx.graph.op('Cast', [found], { to: 'bool' })
    return truthValue(isMember ? truth : not(ctx.graph, truth))
  }

/** Functions of truth and of presence, which are not simply missing where an argument is. */
export const LOGIC_FUNCTIONS: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  and,
  or,
  not: negation,
  isMissing: presence(false),
  isNotMissing: presence(true),
  isValid: presence(true),
  isNotValid: presence(false),
  isIn: membership(true),
  isNotIn: membership(false),
}
