import type { Node } from '../../../../core/ir/graph.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { Expression, ExpressionType } from '../../../../core/ops/ml/expression.ts'
import { PREDICATES, STRING_FUNCTIONS } from '../../../../core/ops/ml/expression-type.ts'
import type { PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import { type Column, type DataType, type Field, formatNumber, formatValue } from '../field.ts'
import { constantElement } from '../indicator.ts'
import { canBeUndefined } from '../undefined-results.ts'
import { medianOf } from './aggregation.ts'
import { canBeMissing, Truth } from './truth.ts'

const DATA_TYPE: Readonly<Record<ExpressionType, DataType>> = { number: 'double', string: 'string', boolean: 'boolean' }

/** One hub expression over the table's columns as a PMML column. Truth values come out as 0/1. */
export function expressionColumn(
  ctx: PmmlContext,
  node: Node,
  expression: Expression,
  table: readonly Column[],
): Column {
  if (expression.kind === 'column') {
    return table[expression.index] ?? ctx.block(node, 'malformed', `there is no column ${expression.index}`)
  }
  if (expression.kind === 'constant' && expression.value !== null) return { kind: 'constant', value: expression.value }
  const writer = new ExpressionWriter(ctx, node, table)
  const dataType = typeOf(expression, table)
  const element = writer.number(expression)
  const inputs = [...new Set(writer.inputs)]
  return { kind: 'expression', expression: element, inputs, dataType: dataType === 'boolean' ? 'double' : dataType }
}

function typeOf(expression: Expression, table: readonly Column[]): DataType {
  switch (expression.kind) {
    case 'column': {
      const column = table[expression.index]
      if (column?.kind === 'field') return column.field.dataType
      if (column?.kind === 'expression') return column.dataType
      return column?.kind === 'constant' && typeof column.value === 'string' ? 'string' : 'double'
    }
    case 'constant':
    case 'lookup':
    case 'discretize':
      return DATA_TYPE[expression.type]
    case 'interpolate':
      return 'double'
    case 'apply':
      if (PREDICATES.has(expression.function)) return 'boolean'
      if (STRING_FUNCTIONS.has(expression.function)) return 'string'
      if (expression.function === 'if') return expression.args[1] ? typeOf(expression.args[1], table) : 'double'
      if (expression.function === 'x-float') return 'float'
      return 'double'
  }
}

/** Functions that evaluators can be asked with a missing argument. */
const TOLERANT: ReadonlySet<string> = new Set(['+', '-', '*', '/', 'min', 'max', 'sum', 'avg', 'product'])

const call = (fn: string, ...args: readonly Element[]) => el('Apply', { function: fn }, args)

const isTruthNumber = (value: Category | undefined) => value === undefined || value === 0 || value === 1

const isMissingConstant = (expression: Expression) => expression.kind === 'constant' && expression.value === null

const linearNorm = (orig: number, norm: number) =>
  el('LinearNorm', { orig: formatNumber(orig), norm: formatNumber(norm) })

class ExpressionWriter {
  readonly inputs: Field[] = []
  readonly #ctx: PmmlContext
  readonly #node: Node
  readonly #table: readonly Column[]
  readonly #truth = new Truth({
    value: (expression) => this.number(expression),
    isTruth: (expression) => this.#isTruth(expression),
    dataType: (expression) => typeOf(expression, this.#table),
    isColumnMissing: (index) => this.#isColumnMissing(index),
  })

  constructor(ctx: PmmlContext, node: Node, table: readonly Column[]) {
    this.#ctx = ctx
    this.#node = node
    this.#table = table
  }

  write(expression: Expression): Element {
    switch (expression.kind) {
      case 'column': {
        const column = this.#column(expression.index)
        this.inputs.push(...this.#ctx.inputsOf(column))
        return this.#ctx.expression(column)
      }
      case 'constant':
        if (expression.value === null) return el('Constant', { missing: true, dataType: DATA_TYPE[expression.type] })
        return constantElement(expression.value, DATA_TYPE[expression.type])
      case 'apply':
        return this.#apply(expression)
      case 'lookup':
        return this.#lookup(expression)
      case 'discretize':
        return this.#discretize(expression)
      case 'interpolate':
        return this.#interpolate(expression)
    }
  }

  /** A truth value as 1 or 0, anything else as it is. What stands in for a missing truth value may be any number. */
  number(expression: Expression): Element {
    if (!this.#isTruth(expression)) return this.write(expression)
    const [one, zero] = [constantElement(1, 'double'), constantElement(0, 'double')]
    if (expression.kind !== 'apply' || isTruthNumber(expression.mapMissingTo)) {
      return this.#branch({ function: 'if' }, expression, one, zero)
    }
    const { mapMissingTo, ...unmapped } = expression
    return this.#branch({ function: 'if', mapMissingTo: Number(mapMissingTo) }, unmapped, one, zero)
  }

  /** One of two values; neither where the condition is missing. */
  #branch(attributes: Element['attributes'], condition: Expression, yes: Element, no: Element | undefined): Element {
    const whenFalse =
      no && this.#truth.canBeMissing(condition) ? el('Apply', { function: 'if' }, this.#truth.fails(condition), no) : no
    return el('Apply', attributes, this.#truth.holds(condition), yes, whenFalse)
  }

  #isTruth(expression: Expression): boolean {
    return typeOf(expression, this.#table) === 'boolean' && expression.kind !== 'column'
  }

  #apply(expression: Extract<Expression, { kind: 'apply' }>): Element {
    const { function: fn, args, mapMissingTo, defaultValue } = expression
    const attributes = {
      function: fn,
      mapMissingTo: mapMissingTo === undefined ? undefined : String(mapMissingTo),
      defaultValue: defaultValue === undefined ? undefined : String(defaultValue),
    }
    if (PREDICATES.has(fn)) return this.#truth.holds(expression)
    switch (fn) {
      case 'x-float':
        return el('FieldRef', { field: this.#derive(args[0], 'float').name })
      case 'erf': {
        // erf(x) = 2·Φ(x·√2) − 1
        const scaled = call('*', this.#arg(args[0]), constantElement(Math.SQRT2, 'double'))
        const doubled = call('*', call('stdNormalCDF', scaled), constantElement(2, 'double'))
        return el('Apply', { ...attributes, function: '-' }, doubled, constantElement(1, 'double'))
      }
      case 'median': {
        const columns = args.map((arg) => expressionColumn(this.#ctx, this.#node, arg, this.#table))
        const median = medianOf(this.#ctx, columns, this.#node.origin)
        this.inputs.push(...this.#ctx.inputsOf(median))
        return this.#ctx.expression(median)
      }
      case 'if': {
        const [test, yes, no] = args
        if (!test) return this.#ctx.block(this.#node, 'malformed', 'an if without a condition')
        const otherwise = no && isMissingConstant(no) ? undefined : no
        return this.#branch(attributes, test, this.#arg(yes), otherwise && this.number(otherwise))
      }
    }
    return this.#guarded(attributes, args)
  }

  /** A function of values that may be made up to be missing: most functions of evaluators refuse to be asked then. */
  #guarded(attributes: Element['attributes'], args: readonly Expression[]): Element {
    const isUnsafe = !TOLERANT.has(String(attributes.function)) && attributes.mapMissingTo === undefined
    const missing = isUnsafe
      ? args.filter((arg) => canBeMissing(arg, (index) => this.#ctx.handlesMissing && this.#isColumnMissing(index)))
      : []
    if (missing.length === 0) {
      return this.#call(
        attributes,
        args,
        args.map((arg) => this.number(arg)),
      )
    }
    const refs = args.map((arg) =>
      missing.includes(arg) ? el('FieldRef', { field: this.#derive(arg).name }) : undefined,
    )
    const present = refs.flatMap((ref) => (ref ? [call('isNotMissing', ref)] : []))
    const [only] = present
    const condition = present.length === 1 && only ? only : call('and', ...present)
    const values = args.map((arg, i) => refs[i] ?? this.number(arg))
    return call('if', condition, this.#call(attributes, args, values))
  }

  /** A function of arguments that are written already; a result that is not a number is missing where that means something. */
  #call(attributes: Element['attributes'], args: readonly Expression[], written: readonly Element[]): Element {
    const columns = written.map((expression, i): Column => {
      const arg = args[i]
      if (arg?.kind === 'constant' && typeof arg.value === 'number') return { kind: 'constant', value: arg.value }
      return { kind: 'expression', expression, inputs: this.inputs, dataType: 'double' }
    })
    const isMissing = this.#ctx.handlesMissing && canBeUndefined(String(attributes.function), columns)
    const invalidValueTreatment = isMissing ? 'asMissing' : undefined
    return el('Apply', { ...attributes, invalidValueTreatment }, written)
  }

  #lookup(expression: Extract<Expression, { kind: 'lookup' }>): Element {
    const field = this.#derive(expression.arg)
    const dataType = DATA_TYPE[expression.type]
    const rows = expression.keys.map((key, i) =>
      el(
        'row',
        {},
        el('input', {}, formatValue(key, field.dataType)),
        el('output', {}, formatValue(expression.values[i] as Category, dataType)),
      ),
    )
    return el(
      'MapValues',
      {
        outputColumn: 'output',
        dataType,
        mapMissingTo: this.#text(expression.mapMissingTo, dataType),
        defaultValue: this.#text(expression.defaultValue, dataType),
      },
      el('FieldColumnPair', { field: field.name, column: 'input' }),
      el('InlineTable', {}, rows),
    )
  }

  #discretize(expression: Extract<Expression, { kind: 'discretize' }>): Element {
    const field = this.#derive(expression.arg)
    const dataType = DATA_TYPE[expression.type]
    const bins = expression.bins.map((bin) => {
      const closure = `${bin.closedLow ? 'closed' : 'open'}${bin.closedHigh ? 'Closed' : 'Open'}`
      return el(
        'DiscretizeBin',
        { binValue: formatValue(bin.value, dataType) },
        el('Interval', {
          closure,
          leftMargin: bin.low === -Infinity ? undefined : formatNumber(bin.low),
          rightMargin: bin.high === Infinity ? undefined : formatNumber(bin.high),
        }),
      )
    })
    return el(
      'Discretize',
      {
        field: field.name,
        dataType,
        mapMissingTo: this.#text(expression.mapMissingTo, dataType),
        defaultValue: this.#text(expression.defaultValue, dataType),
      },
      bins,
    )
  }

  #interpolate(expression: Extract<Expression, { kind: 'interpolate' }>): Element {
    const field = this.#derive(expression.arg)
    const outliers = { extrapolate: 'asIs', clamp: 'asExtremeValues', missing: 'asMissingValues' }[expression.outliers]
    const { x, y, mapMissingTo } = expression
    // a value that is there twice is a step: NormContinuous goes up to it, another one goes on from it
    const part = (from: number, to: number): Element => {
      if (from === to) return constantElement(y[from] ?? 0, 'double')
      const steps = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => x[i] === x[i + 1])
      const step = steps[Math.floor(steps.length / 2)]
      if (step === undefined) {
        const points = x.slice(from, to + 1).map((orig, i) => linearNorm(orig, y[from + i] ?? 0))
        return el('NormContinuous', { field: field.name, outliers, mapMissingTo }, points)
      }
      const isBelow = el(
        'Apply',
        { function: 'lessOrEqual' },
        el('FieldRef', { field: field.name }),
        constantElement(x[step] ?? 0, 'double'),
      )
      const [below, above] = [part(from, step), part(step + 1, to)]
      return el('Apply', { function: 'if', mapMissingTo }, isBelow, below, above)
    }
    return part(0, x.length - 1)
  }

  /** The argument as a named field, for elements that take no nested expression. */
  #derive(arg: Expression | undefined, dataType?: DataType): Field {
    if (!arg) return this.#ctx.block(this.#node, 'malformed', 'an expression without its argument')
    const column = expressionColumn(this.#ctx, this.#node, arg, this.#table)
    const field = dataType
      ? this.#ctx.derive(this.#ctx.expression(column), this.#ctx.inputsOf(column), dataType, 'float')
      : this.#ctx.field(column)
    this.inputs.push(field)
    return field
  }

  #arg(arg: Expression | undefined): Element {
    if (!arg) return this.#ctx.block(this.#node, 'malformed', 'a function without its argument')
    return this.number(arg)
  }

  #isColumnMissing(index: number): boolean {
    const { kind } = this.#column(index)
    return kind !== 'constant' && kind !== 'indicator'
  }

  #column(index: number): Column {
    return this.#table[index] ?? this.#ctx.block(this.#node, 'malformed', `there is no column ${index}`)
  }

  #text(value: Category | undefined, dataType: DataType): string | undefined {
    return value === undefined || Number.isNaN(value) ? undefined : formatValue(value, dataType)
  }
}
