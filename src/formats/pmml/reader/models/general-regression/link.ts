import type { LinkFunction } from '../../../../../core/ops/ml/attributes.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder, formulaOfValue, mapFormula } from '../../columns/formula.ts'
import { attribute, numberAttribute, requireNumber } from '../../elements.ts'
import type { ModelEnv } from '../prediction.ts'

/** Inverse links that the hub has. */
const LINKS: Readonly<Record<string, LinkFunction>> = {
  cloglog: 'cloglog',
  identity: 'identity',
  log: 'exp',
  logit: 'logit',
  loglog: 'loglog',
  probit: 'probit',
}

/** The inverse link of a generalized linear model, with its offset and its trials (PMML 4.4, General Regression). */
export function linked(env: ModelEnv, score: Formula): Formula {
  const { ctx, model } = env
  const name = attribute(model, 'linkFunction') ?? block(model, 'it has no link function')
  const shifted = combined(env, '+', score, 'offset')
  const link = LINKS[name]
  const mean =
    link === 'identity'
      ? shifted
      : link === undefined
        ? mapFormula(shifted, false, (y) => unusualLink(env, name, y))
        : formulaOfValue(ctx.hub.ml('ml.link', [ctx.tables.value(shifted)], { function: link }))
  return combined(env, '*', mean, 'trials')
}

function unusualLink({ model }: ModelEnv, name: string, y: Expression): Expression {
  switch (name) {
    case 'logc':
      return apply('-', number(1), apply('exp', y))
    case 'negbin': {
      const c = requireNumber(model, 'distParameter')
      return apply('/', number(1), apply('*', number(c), apply('-', apply('exp', apply('-', number(0), y)), number(1))))
    }
    case 'oddspower': {
      const d = requireNumber(model, 'linkParameter')
      if (d === 0) return apply('/', number(1), apply('+', number(1), apply('exp', apply('-', number(0), y))))
      const power = apply('pow', apply('+', number(1), apply('*', number(d), y)), number(-1 / d))
      return apply('/', number(1), apply('+', number(1), power))
    }
    case 'power': {
      const d = requireNumber(model, 'linkParameter')
      return d === 0 ? apply('exp', y) : apply('pow', y, number(1 / d))
    }
    default:
      return block(model, `the link function ${name} is not known`)
  }
}

/** A formula with an offset or a number of trials, which is a constant or a field. */
function combined(
  { ctx, scope, model }: ModelEnv,
  fn: '+' | '*',
  formula: Formula,
  name: 'offset' | 'trials',
): Formula {
  const variable = attribute(model, `${name}Variable`)
  const value = numberAttribute(model, `${name}Value`)
  if (variable === undefined && value === undefined) return formula
  const builder = new FormulaBuilder()
  const other =
    variable === undefined ? number(value as number) : builder.inline(ctx.settled(scope.field(variable).formula))
  return builder.build(apply(fn, builder.inline(formula), other), false)
}
