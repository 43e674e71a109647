import type { Expression } from '../../../../../../core/ops/ml/expression.ts'

/** Numbers expressions, equal ones alike, however often a formula repeats them. */
export class ExpressionIds {
  readonly #byText = new Map<string, number>()
  readonly #byIdentity = new WeakMap<Expression, number>()

  of(expression: Expression): number {
    const known = this.#byIdentity.get(expression)
    if (known !== undefined) return known
    const text = JSON.stringify(this.#withIds(expression), exactNumbers)
    const id = this.#byText.get(text) ?? this.#byText.size
    this.#byText.set(text, id)
    this.#byIdentity.set(expression, id)
    return id
  }

  /** The expression with the numbers of its arguments in their place. */
  #withIds(expression: Expression): object {
    if (expression.kind === 'apply') return { ...expression, args: expression.args.map((arg) => this.of(arg)) }
    return 'arg' in expression ? { ...expression, arg: this.of(expression.arg) } : expression
  }
}

/** JSON has neither NaN nor infinities, and writes −0 as 0. */
function exactNumbers(_: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value
  return { number: Object.is(value, -0) ? '-0' : String(value) }
}
