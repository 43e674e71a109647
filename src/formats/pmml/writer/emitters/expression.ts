import type { Node } from '../../../../core/ir/graph.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { Expression, ExpressionType } from '../../../../core/ops/ml/expression.ts'
import { PREDICATES, STRING_FUNCTIONS } from '../../../../core/ops/ml/expression-type.ts'
import type { PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import { type Column, type DataType, type Field, formatNumber, formatValue } from '../field.ts'
import { constantElement } from '../indicator.ts'

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
  const element = dataType === 'boolean' ? writer.number(expression) : writer.write(expression)
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

const linearNorm = (orig: number, norm: number) =>
  el('LinearNorm', { orig: formatNumber(orig), norm: formatNumber(norm) })

class ExpressionWriter {
  readonly inputs: Field[] = []
  readonly #ctx: PmmlContext
  readonly #node: Node
  readonly #table: readonly Column[]

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
    if (typeOf(expression, this.#table) !== 'boolean' || expression.kind !== 'apply') return this.write(expression)
    const { mapMissingTo, ...unmapped } = expression
    const isTruth = mapMissingTo === undefined || mapMissingTo === 0 || mapMissingTo === 1
    const [condition, attributes] = isTruth ? [expression, {}] : [unmapped, { mapMissingTo: String(mapMissingTo) }]
    return el(
      'Apply',
      { function: 'if', ...attributes },
      this.write(condition),
      constantElement(1, 'double'),
      constantElement(0, 'double'),
    )
  }

  /** A condition: truth values as they are, a number is true when it is not 0. */
  #condition(expression: Expression): Element {
    const element = this.write(expression)
    if (typeOf(expression, this.#table) === 'boolean') return element
    return el('Apply', { function: 'notEqual' }, element, constantElement(0, 'double'))
  }

  #apply(expression: Extract<Expression, { kind: 'apply' }>): Element {
    const { function: fn, args, mapMissingTo, defaultValue } = expression
    const attributes = {
      mapMissingTo: mapMissingTo === undefined ? undefined : String(mapMissingTo),
      defaultValue: defaultValue === undefined ? undefined : String(defaultValue),
    }
    if (fn === 'x-float') {
      const field = this.#derive(args[0], 'float')
      return el('FieldRef', { field: field.name })
    }
    if (fn === 'erf') {
      // erf(x) = 2·Φ(x·√2) − 1
      const scaled = el('Apply', { function: '*' }, this.#arg(args[0]), constantElement(Math.SQRT2, 'double'))
      const doubled = el(
        'Apply',
        { function: '*' },
        el('Apply', { function: 'stdNormalCDF' }, scaled),
        constantElement(2, 'double'),
      )
      return el('Apply', { function: '-', ...attributes }, doubled, constantElement(1, 'double'))
    }
    if (fn === 'and' || fn === 'or' || fn === 'not') {
      return el(
        'Apply',
        { function: fn, ...attributes },
        args.map((arg) => this.#condition(arg)),
      )
    }
    if (fn === 'if') {
      const [test, ...branches] = args
      if (!test) return this.#ctx.block(this.#node, 'malformed', 'an if without a condition')
      return el(
        'Apply',
        { function: 'if', ...attributes },
        this.#condition(test),
        branches.map((arg) => this.number(arg)),
      )
    }
    return el(
      'Apply',
      { function: fn, ...attributes },
      args.map((arg) => this.number(arg)),
    )
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

  #column(index: number): Column {
    return this.#table[index] ?? this.#ctx.block(this.#node, 'malformed', `there is no column ${index}`)
  }

  #text(value: Category | undefined, dataType: DataType): string | undefined {
    return value === undefined || Number.isNaN(value) ? undefined : formatValue(value, dataType)
  }
}
