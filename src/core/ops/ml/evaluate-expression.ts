import type { Category } from '../../ir/model.ts'
import type { Expression, Interval } from './expression.ts'
import { AGGREGATES, FUNCTIONS, MISSING_TOLERANT } from './expression-functions.ts'
import { expressionType } from './expression-type.ts'
import { type Column, cell, isMissing, keyFor } from './table.ts'

/** The value of an expression in one row; NaN or '' is missing. */
export type RowFunction = (row: number) => Category

type Apply = Extract<Expression, { kind: 'apply' }>
type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>

/** Makes a function of the row out of an expression over these columns. */
export function compileExpression(expression: Expression, columns: readonly Column[]): RowFunction {
  switch (expression.kind) {
    case 'column': {
      const column = columns[expression.index] as Column
      return (row) => cell(column, row)
    }
    case 'constant': {
      const value = expression.value ?? (expression.type === 'string' ? '' : Number.NaN)
      return () => value
    }
    case 'apply':
      return compileApply(expression, columns)
    case 'lookup':
      return compileLookup(expression, columns)
    case 'discretize':
      return compileDiscretize(expression, columns)
    case 'interpolate':
      return compileInterpolate(expression, columns)
  }
}

function missingOf(expression: Expression, columns: readonly Column[]): Category {
  return expressionType(expression, (index) => columns[index]?.isText === true) === 'string' ? '' : Number.NaN
}

function compileApply(expression: Apply, columns: readonly Column[]): RowFunction {
  const { mapMissingTo, defaultValue } = expression
  const missing = missingOf(expression, columns)
  const args = expression.args.map((arg) => compileExpression(arg, columns))
  const compute = expression.function === 'if' ? branch(args, mapMissingTo, missing) : plain(expression, args, missing)
  if (defaultValue === undefined) return compute
  return (row) => {
    const value = compute(row)
    return isMissing(value) ? defaultValue : value
  }
}

/** `if` looks only at the branch that it takes. */
function branch(args: readonly RowFunction[], mapMissingTo: Category | undefined, missing: Category): RowFunction {
  const whenMissing = mapMissingTo ?? missing
  return (row) => {
    const condition = args[0]?.(row) ?? missing
    if (isMissing(condition)) return whenMissing
    const value = args[Number(condition) ? 1 : 2]?.(row) ?? missing
    return isMissing(value) ? whenMissing : value
  }
}

function plain(expression: Apply, args: readonly RowFunction[], missing: Category): RowFunction {
  const { function: name, mapMissingTo } = expression
  const compute = FUNCTIONS[name as keyof typeof FUNCTIONS]
  const tolerant = MISSING_TOLERANT.has(name)
  const ignoresMissing = AGGREGATES.has(name)
  const values: Category[] = new Array(args.length)
  // An empty text that is written in the expression is a text (a replacement), not a missing value.
  const isEmptyText = expression.args.map((arg) => arg.kind === 'constant' && arg.value === '')
  return (row) => {
    let someMissing = false
    for (let i = 0; i < args.length; i++) {
      const value = (args[i] as RowFunction)(row)
      values[i] = value
      if (isMissing(value) && !isEmptyText[i]) someMissing = true
    }
    if (someMissing) {
      if (mapMissingTo !== undefined) return mapMissingTo
      if (ignoresMissing) {
        const present = values.filter((value) => !isMissing(value))
        return present.length > 0 ? compute(present) : missing
      }
      if (!tolerant) return missing
    }
    return compute(values)
  }
}

function compileLookup(expression: Of<'lookup'>, columns: readonly Column[]): RowFunction {
  const arg = compileExpression(expression.arg, columns)
  const missing: Category = expression.type === 'string' ? '' : Number.NaN
  const isText = missingOf(expression.arg, columns) === ''
  const table = new Map<Category, Category>()
  for (const [i, key] of expression.keys.entries()) {
    const typed = keyFor(key, isText)
    if (!table.has(typed)) table.set(typed, expression.values[i] as Category)
  }
  return (row) => {
    const key = arg(row)
    if (isMissing(key)) return expression.mapMissingTo ?? missing
    return table.get(key) ?? expression.defaultValue ?? missing
  }
}

const holds = ({ low, high, closedLow, closedHigh }: Interval, x: number): boolean =>
  (closedLow ? x >= low : x > low) && (closedHigh ? x <= high : x < high)

function compileDiscretize(expression: Of<'discretize'>, columns: readonly Column[]): RowFunction {
  const arg = compileExpression(expression.arg, columns)
  const missing: Category = expression.type === 'string' ? '' : Number.NaN
  return (row) => {
    const x = Number(arg(row))
    if (Number.isNaN(x)) return expression.mapMissingTo ?? missing
    return expression.bins.find((bin) => holds(bin, x))?.value ?? expression.defaultValue ?? missing
  }
}

function compileInterpolate(expression: Of<'interpolate'>, columns: readonly Column[]): RowFunction {
  const arg = compileExpression(expression.arg, columns)
  const { x, y, outliers, mapMissingTo = Number.NaN } = expression
  const last = x.length - 1
  return (row) => {
    const value = Number(arg(row))
    if (Number.isNaN(value)) return mapMissingTo
    const inside = value >= (x[0] as number) && value <= (x[last] as number)
    if (!inside && outliers === 'missing') return Number.NaN
    if (!inside && outliers === 'clamp') return (value < (x[0] as number) ? y[0] : y[last]) as number
    let i = 0
    while (i < last - 1 && value > (x[i + 1] as number)) i++
    return onSegment(value, x[i] as number, x[i + 1] ?? (x[i] as number), y[i] as number, y[i + 1] ?? (y[i] as number))
  }
}

const onSegment = (value: number, x0: number, x1: number, y0: number, y1: number): number =>
  x1 === x0 ? y0 : y0 + ((value - x0) / (x1 - x0)) * (y1 - y0)
