import type { Expression, ExpressionFunction } from '../../../../core/ops/ml/expression.ts'
import { type Element, el } from '../element.ts'
import type { DataType } from '../field.ts'
import { constantElement } from '../indicator.ts'

type Apply = Extract<Expression, { kind: 'apply' }>

/** The function that is true where another one is false. */
const OPPOSITE: Partial<Record<ExpressionFunction, ExpressionFunction>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  lessThan: 'greaterOrEqual',
  greaterOrEqual: 'lessThan',
  greaterThan: 'lessOrEqual',
  lessOrEqual: 'greaterThan',
  isIn: 'isNotIn',
  isNotIn: 'isIn',
  isMissing: 'isNotMissing',
  isNotMissing: 'isMissing',
  isValid: 'isNotValid',
  isNotValid: 'isValid',
}

/** Functions that tell whether there is a value. */
const OF_PRESENCE: ReadonlySet<string> = new Set(['isMissing', 'isNotMissing', 'isValid', 'isNotValid'])

/** What conditions are made of. */
export interface Terms {
  /** The value of an expression; a truth value as 1 or 0. */
  value(expression: Expression): Element
  /** Whether an expression gives a truth value by itself; a column of booleans does not. */
  isTruth(expression: Expression): boolean
  /** The data type of a column or of what is computed. */
  dataType(expression: Expression): DataType
  /** Whether the value of a column can be missing. */
  isColumnMissing(index: number): boolean
}

const FALSE = constantElement(0, 'boolean')
const TRUE = constantElement(1, 'boolean')

const call = (fn: string, ...args: readonly Element[]) => el('Apply', { function: fn }, args)

/** Several conditions as one; those that are written as true or false are seen through. */
function joined(fn: 'and' | 'or', conditions: readonly Element[]): Element {
  const [neutral, decisive] = fn === 'and' ? [TRUE, FALSE] : [FALSE, TRUE]
  if (conditions.includes(decisive)) return decisive
  const [first = neutral, ...others] = conditions.filter((condition) => condition !== neutral)
  return others.length === 0 ? first : call(fn, first, ...others)
}

/**
 * The hub's truth values are true, false or missing; evaluators of PMML refuse to compare what is missing. So a truth value
 * is written as conditions that are never missing themselves: where it is true, and where it is false.
 */
export class Truth {
  readonly #terms: Terms

  constructor(terms: Terms) {
    this.#terms = terms
  }

  /** True where the expression is, else false. */
  holds(expression: Expression): Element {
    return this.#is(expression, true)
  }

  /** True where the expression is false, else false. */
  fails(expression: Expression): Element {
    return this.#is(expression, false)
  }

  /** Whether a truth value can be missing; a number that stands for one is always told from 0. */
  canBeMissing(expression: Expression): boolean {
    return canBeMissing(expression, (index) => this.#terms.isColumnMissing(index))
  }

  #is(expression: Expression, wanted: boolean): Element {
    if (expression.kind === 'constant' && this.#terms.isTruth(expression)) {
      return expression.value !== null && Boolean(expression.value) === wanted ? TRUE : FALSE
    }
    if (expression.kind !== 'apply' || !this.#terms.isTruth(expression)) return this.#isNumber(expression, wanted)
    const { defaultValue, ...plain } = expression
    if (defaultValue === undefined) return this.#applied(plain, wanted)
    const isDefault = Boolean(defaultValue) === wanted
    return isDefault ? call('not', this.#applied(plain, !wanted)) : this.#applied(plain, wanted)
  }

  #applied(expression: Apply, wanted: boolean): Element {
    const { function: fn, args, mapMissingTo } = expression
    if (fn === 'and' || fn === 'or' || fn === 'not' || fn === 'if') {
      const { mapMissingTo: _, ...plain } = expression
      const decided = this.#logic(plain, wanted)
      if (mapMissingTo === undefined || !args.some((arg) => this.canBeMissing(arg))) return decided
      const present = args.filter((arg) => this.canBeMissing(arg)).map((arg) => this.#isPresent(arg))
      return Boolean(mapMissingTo) === wanted
        ? joined('or', [call('not', joined('and', present)), decided])
        : joined('and', [...present, decided])
    }
    const [only] = args
    if (OF_PRESENCE.has(fn) && only && this.#terms.isTruth(only)) {
      const present = this.canBeMissing(only) ? this.#isPresent(only) : TRUE
      const isAsked = (fn === 'isNotMissing' || fn === 'isValid') === wanted
      return isAsked ? present : call('not', present)
    }
    const opposite = OPPOSITE[fn]
    if (!wanted && opposite === undefined) return call('not', this.#compared(fn, args, mapMissingTo, !wanted))
    return this.#compared(wanted ? fn : (opposite as ExpressionFunction), args, mapMissingTo, wanted)
  }

  /** A function of values; `wanted` is what its result stands for. */
  #compared(
    fn: ExpressionFunction,
    args: readonly Expression[],
    mapMissingTo: Apply['mapMissingTo'],
    wanted: boolean,
  ): Element {
    const guards = !OF_PRESENCE.has(fn) && args.some((arg) => this.canBeMissing(arg))
    const whenMissing = mapMissingTo === undefined ? false : Boolean(mapMissingTo) === wanted
    return el(
      'Apply',
      { function: fn, mapMissingTo: guards ? whenMissing : undefined },
      args.map((arg) => this.#terms.value(arg)),
    )
  }

  #logic({ function: fn, args }: Apply, wanted: boolean): Element {
    const [first, second, third] = args as [Expression, Expression | undefined, Expression | undefined]
    if (fn === 'not') return this.#is(first, !wanted)
    if (fn === 'if') {
      const ways = [joined('and', [this.holds(first), second ? this.#is(second, wanted) : FALSE])]
      if (third) ways.push(joined('and', [this.fails(first), this.#is(third, wanted)]))
      return joined('or', ways)
    }
    const conditions = args.map((arg) => this.#is(arg, wanted))
    return joined((fn === 'and') === wanted ? 'and' : 'or', conditions)
  }

  /** A number is true when it is not 0. */
  #isNumber(expression: Expression, wanted: boolean): Element {
    const zero = constantElement(0, this.#terms.dataType(expression) === 'boolean' ? 'boolean' : 'double')
    const attributes = {
      function: wanted ? 'notEqual' : 'equal',
      mapMissingTo: this.canBeMissing(expression) ? false : undefined,
    }
    return el('Apply', attributes, this.#terms.value(expression), zero)
  }

  #isPresent(expression: Expression): Element {
    if (this.#terms.isTruth(expression)) return joined('or', [this.holds(expression), this.fails(expression)])
    return call('isNotMissing', this.#terms.value(expression))
  }
}

/** Whether an expression can have no value, over columns of which `isColumnMissing` tells. */
export function canBeMissing(expression: Expression, isColumnMissing: (index: number) => boolean): boolean {
  const inner = (each: Expression) => canBeMissing(each, isColumnMissing)
  switch (expression.kind) {
    case 'column':
      return isColumnMissing(expression.index)
    case 'constant':
      return expression.value === null
    case 'lookup':
    case 'discretize':
      return expression.defaultValue === undefined || (expression.mapMissingTo === undefined && inner(expression.arg))
    case 'interpolate':
      return expression.outliers === 'missing' || (expression.mapMissingTo === undefined && inner(expression.arg))
    case 'apply': {
      if (expression.defaultValue !== undefined || OF_PRESENCE.has(expression.function)) return false
      if (expression.mapMissingTo !== undefined) return false
      const lacksBranch = expression.function === 'if' && expression.args.length < 3
      return lacksBranch || expression.function === 'median' || expression.args.some(inner)
    }
  }
}
