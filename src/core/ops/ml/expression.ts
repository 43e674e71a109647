import type { Category } from '../../ir/model.ts'

/**
 * A scalar computation over one row: what PMML's DerivedField and a column-wise transformer have in common.
 * Values are numbers, strings, booleans (0/1) or missing (NaN, ''). Semantics are PMML 4.4's (section "Transformations"
 * and "Built-in functions"): a function of a missing argument is missing, unless it is about missing values.
 */
export type Expression =
  | { readonly kind: 'column'; readonly index: number }
  /** null is the missing value. */
  | { readonly kind: 'constant'; readonly value: Category | null; readonly type: ExpressionType }
  | {
      readonly kind: 'apply'
      readonly function: ExpressionFunction
      readonly args: readonly Expression[]
      /** The result when an argument is missing, instead of missing. */
      readonly mapMissingTo?: Category
      /** The result when the result would be missing. */
      readonly defaultValue?: Category
    }
  /** A table from keys to values. */
  | {
      readonly kind: 'lookup'
      readonly arg: Expression
      readonly keys: readonly Category[]
      readonly values: readonly Category[]
      /** For a key that is not in the table; missing when absent. */
      readonly defaultValue?: Category
      /** For a missing argument; missing when absent. */
      readonly mapMissingTo?: Category
      readonly type: ExpressionType
    }
  /** The first interval that holds the argument decides. */
  | {
      readonly kind: 'discretize'
      readonly arg: Expression
      readonly bins: readonly Interval[]
      readonly defaultValue?: Category
      readonly mapMissingTo?: Category
      readonly type: ExpressionType
    }
  /** Piecewise linear through the points, `x` ascending. */
  | {
      readonly kind: 'interpolate'
      readonly arg: Expression
      readonly x: readonly number[]
      readonly y: readonly number[]
      /** Left and right of the points: the last segment goes on, the last value holds, or missing. */
      readonly outliers: 'extrapolate' | 'clamp' | 'missing'
      readonly mapMissingTo?: number
    }

export type ExpressionType = 'number' | 'string' | 'boolean'

export interface Interval {
  /** -Infinity where open. */
  readonly low: number
  /** Infinity where open. */
  readonly high: number
  readonly closedLow: boolean
  readonly closedHigh: boolean
  readonly value: Category
}

/** PMML's built-in functions by their PMML names, and a few that other frameworks need; those carry a comment. */
export type ExpressionFunction =
  | '+'
  | '-'
  | '*'
  | '/'
  | 'min'
  | 'max'
  | 'sum'
  | 'avg'
  | 'median'
  | 'product'
  | 'log10'
  | 'ln'
  | 'ln1p'
  | 'expm1'
  | 'sqrt'
  | 'abs'
  | 'exp'
  | 'pow'
  | 'threshold'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'rint'
  | 'modulo'
  | 'sin'
  | 'asin'
  | 'sinh'
  | 'cos'
  | 'acos'
  | 'cosh'
  | 'tan'
  | 'atan'
  | 'tanh'
  | 'hypot'
  | 'erf' // numpy/scipy; written to PMML as stdNormalCDF
  | 'stdNormalCDF'
  | 'stdNormalPDF'
  | 'stdNormalIDF'
  | 'isMissing'
  | 'isNotMissing'
  | 'isValid'
  | 'isNotValid'
  | 'equal'
  | 'notEqual'
  | 'lessThan'
  | 'lessOrEqual'
  | 'greaterThan'
  | 'greaterOrEqual'
  | 'isIn'
  | 'isNotIn'
  | 'and'
  | 'or'
  | 'not'
  | 'if'
  | 'uppercase'
  | 'lowercase'
  | 'trimBlanks'
  | 'concat'
  | 'substring'
  | 'stringLength'
  | 'replace'
  | 'matches'
  | 'formatNumber'
  | 'formatDatetime' // of seconds since 1970
  | 'dateDaysSinceYear' // of days since 1970: a lowering divides a dateTime by 86400 and floors it
  | 'dateSecondsSinceYear' // of seconds since 1970
  | 'dateSecondsSinceMidnight' // of seconds
  | 'x-float' // rounds to float32: numpy's astype(float32)

export const column = (index: number): Expression => ({ kind: 'column', index })
export const number = (value: number): Expression => ({ kind: 'constant', value, type: 'number' })
export const text = (value: string): Expression => ({ kind: 'constant', value, type: 'string' })
export const apply = (fn: ExpressionFunction, ...args: readonly Expression[]): Expression => ({
  kind: 'apply',
  function: fn,
  args,
})
