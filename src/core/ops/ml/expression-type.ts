import type { Expression, ExpressionFunction, ExpressionType } from './expression.ts'

/** Functions whose result is text. */
export const STRING_FUNCTIONS: ReadonlySet<ExpressionFunction> = new Set([
  'uppercase',
  'lowercase',
  'trimBlanks',
  'concat',
  'substring',
  'replace',
  'formatNumber',
  'formatDatetime',
])

/** Functions whose result is a truth value. */
export const PREDICATES: ReadonlySet<ExpressionFunction> = new Set([
  'isMissing',
  'isNotMissing',
  'isValid',
  'isNotValid',
  'equal',
  'notEqual',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
  'isIn',
  'isNotIn',
  'and',
  'or',
  'not',
  'matches',
])

/** The type of an expression's values over a table whose text columns `isText` tells. */
export function expressionType(expression: Expression, isText: (column: number) => boolean): ExpressionType {
  switch (expression.kind) {
    case 'column':
      return isText(expression.index) ? 'string' : 'number'
    case 'constant':
    case 'lookup':
    case 'discretize':
      return expression.type
    case 'interpolate':
      return 'number'
    case 'apply': {
      if (STRING_FUNCTIONS.has(expression.function)) return 'string'
      if (PREDICATES.has(expression.function)) return 'boolean'
      if (expression.function !== 'if') return 'number'
      const branches = expression.args.slice(1).filter((arg) => !(arg.kind === 'constant' && arg.value === null))
      return expressionType(branches[0] ?? (expression.args[1] as Expression), isText)
    }
  }
}

/** The columns of the table that an expression reads. */
export function columnsRead(expression: Expression, into = new Set<number>()): Set<number> {
  if (expression.kind === 'column') into.add(expression.index)
  else if (expression.kind === 'apply') for (const arg of expression.args) columnsRead(arg, into)
  else if (expression.kind !== 'constant') columnsRead(expression.arg, into)
  return into
}
