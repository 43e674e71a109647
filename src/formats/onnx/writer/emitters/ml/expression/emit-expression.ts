import type { Node } from '../../../../../../core/ir/graph.ts'
import { compileExpression } from '../../../../../../core/ops/ml/evaluate-expression.ts'
import type { Expression, ExpressionFunction } from '../../../../../../core/ops/ml/expression.ts'
import { columnsRead, expressionType } from '../../../../../../core/ops/ml/expression-type.ts'
import type { EmitContext } from '../../../emitter.ts'
import { AGGREGATE_FUNCTIONS } from './aggregate-functions.ts'
import { COMPARISON_FUNCTIONS } from './comparison-functions.ts'
import { ExpressionIds } from './expression-ids.ts'
import { LOGIC_FUNCTIONS } from './logic-functions.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import {
  anyMissing,
  asNumber,
  constantValue,
  missingMask,
  missingOf,
  numberValue,
  replaced,
  type ScalarValue,
  textValue,
} from './scalar-value.ts'
import { emitDiscretize, emitInterpolate, emitLookup } from './tables.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'

type Apply = Extract<Expression, { kind: 'apply' }>

/** Functions whose own rule covers missing arguments; all others are missing where an argument is. */
const OWN_MISSING_RULE: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  ...LOGIC_FUNCTIONS,
  ...AGGREGATE_FUNCTIONS,
  concat: TEXT_FUNCTIONS.concat as Emit,
}

type Emit = (ctx: EmitContext, args: readonly ScalarValue[]) => ScalarValue

const PLAIN: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  ...NUMBER_FUNCTIONS,
  ...COMPARISON_FUNCTIONS,
  ...TEXT_FUNCTIONS,
}

/** Functions that ONNX Runtime computes so that NaN, which stands for a missing number, gives NaN. */
const NAN_FOR_NAN: ReadonlySet<ExpressionFunction> = new Set<ExpressionFunction>(['+', '-', '*', '/', 'sqrt', 'abs'])

/** Whether a missing argument makes the result missing without any more ado. */
function isNaNForNaN(name: ExpressionFunction, args: readonly ScalarValue[]): boolean {
  if (args.some((arg) => arg.type === 'string')) return false
  const exponent = name === 'pow' ? args[1]?.constant : undefined
  return NAN_FOR_NAN.has(name) || (typeof exponent === 'number' && exponent !== 0 && !Number.isNaN(exponent))
}

const isEmptyText = (arg: Expression | undefined): boolean => arg?.kind === 'constant' && arg.value === ''

/** Writes the expressions of one node; columns are taken out of the table once, and what is asked for twice is computed once. */
export class ExpressionEmitter {
  readonly #ctx: EmitContext
  readonly #node: Node
  readonly #columns = new Map<number, ScalarValue>()
  readonly #ids = new ExpressionIds()
  readonly #emitted = new Map<number, ScalarValue>()

  constructor(ctx: EmitContext, node: Node) {
    this.#ctx = ctx
    this.#node = node
  }

  emit(expression: Expression): ScalarValue {
    const id = this.#ids.of(expression)
    const value = this.#emitted.get(id) ?? this.#emit(expression)
    this.#emitted.set(id, value)
    return value
  }

  #emit(expression: Expression): ScalarValue {
    if (expression.kind !== 'constant' && columnsRead(expression).size === 0) {
      const value = compileExpression(expression, [])(0)
      return constantValue(this.#ctx.graph, value, typeof value === 'string' ? 'string' : 'number')
    }
    switch (expression.kind) {
      case 'column':
        return this.#column(expression.index)
      case 'constant':
        return constantValue(this.#ctx.graph, expression.value ?? missingOf(expression.type), expression.type)
      case 'apply':
        return this.#apply(expression)
      case 'lookup':
        return emitLookup(this.#ctx, expression, this.emit(expression.arg))
      case 'discretize':
        return emitDiscretize(this.#ctx, expression, this.emit(expression.arg))
      case 'interpolate':
        return emitInterpolate(this.#ctx, expression, this.emit(expression.arg))
    }
  }

  #column(index: number): ScalarValue {
    const known = this.#columns.get(index)
    if (known) return known
    const value = this.#ctx.column(this.#node, index)
    const isText = this.#ctx.graph.type(value).dtype === 'string'
    const column = isText ? textValue(value) : numberValue(this.#ctx.cast(value, 'float64'))
    this.#columns.set(index, column)
    return column
  }

  #apply(expression: Apply): ScalarValue {
    const ctx = this.#ctx
    const { function: name, mapMissingTo, defaultValue } = expression
    let result: ScalarValue
    if (name === 'if') result = this.#branch(expression)
    else {
      const args = expression.args.map((arg) => this.emit(arg))
      const own = OWN_MISSING_RULE[name]
      const emit = own ?? PLAIN[name]
      if (!emit) {
        return ctx.block(
          `the function ${name} has no counterpart in ONNX`,
          'Compute this column before the model, or convert to PMML.',
        )
      }
      result = emit(ctx, args)
      // An empty text that is written in the expression is a text (a replacement), not a missing value.
      const values = args.filter((_, i) => !isEmptyText(expression.args[i]))
      if (mapMissingTo !== undefined) result = replaced(ctx, result, anyMissing(ctx, values), mapMissingTo)
      else if (!own && !isNaNForNaN(name, args))
        result = replaced(ctx, result, anyMissing(ctx, values), missingOf(result.type))
    }
    return defaultValue === undefined ? result : replaced(ctx, result, missingMask(ctx, result), defaultValue)
  }

  /** `if` is missing where its condition is, or the branch it takes. */
  #branch(expression: Apply): ScalarValue {
    const ctx = this.#ctx
    const g = ctx.graph
    const isText = (index: number) => this.#column(index).type === 'string'
    const type = expressionType(expression, isText)
    const [condition, whenTrue, whenFalse] = expression.args.map((arg) => this.emit(arg))
    const test = condition ?? constantValue(g, Number.NaN, 'number')
    const missing = missingOf(type)
    const side = (value: ScalarValue | undefined) => {
      if (!value || (value.constant !== undefined && Number.isNaN(value.constant)))
        return constantValue(g, missing, type).value
      return type === 'string' ? value.value : asNumber(ctx, value)
    }
    const truth =
      test.type === 'boolean'
        ? test.value
        : g.op('Not', [g.op('Equal', [asNumber(ctx, test), constantValue(g, 0, 'number').value])])
    const chosen = g.op('Where', [truth, side(whenTrue), side(whenFalse)])
    const typed = type === 'string' ? textValue(chosen) : numberValue(chosen)
    const known = replaced(ctx, typed, missingMask(ctx, test), missing)
    if (expression.mapMissingTo === undefined) return known
    return replaced(ctx, known, missingMask(ctx, known), expression.mapMissingTo)
  }
}
