import { LimitExceededError } from '../../../../core/errors.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { apply, type Expression, type ExpressionType, type Interval } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { inlineRows } from '../arrays.ts'
import { block } from '../blocked.ts'
import { type Formula, FormulaBuilder, formulaOf } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import {
  attribute,
  childNamed,
  childrenNamed,
  contentOf,
  describe,
  isTrue,
  localName,
  numberAttribute,
  requireAttribute,
  requireChild,
  requireNumber,
} from '../elements.ts'
import { type DataType, dataTypeOf, parseValue } from '../fields/data-type.ts'
import { opTypeOf } from '../fields/field.ts'
import { Scope } from '../fields/scope.ts'
import { BUILT_IN, isBuiltIn, NORMAL_DISTRIBUTION, OF_ONE_TYPE, OF_TEXT } from './functions.ts'
import { termSource } from './text-index.ts'

/** What an expression can refer to. */
export interface ExpressionScope {
  readonly ctx: LowerContext
  readonly scope: Scope
  /** Calls of the document's own functions that lead here. */
  readonly depth?: number
}

/** An expression over the columns of a builder, with its type. */
interface Typed {
  readonly expression: Expression
  readonly dataType: DataType
  /** A constant that says nothing of its type. */
  readonly isUntyped?: boolean
}

/** Calls within calls of a document's functions; more is a function that calls itself. */
const MAX_CALL_DEPTH = 64

const EXPRESSIONS: ReadonlySet<string> = new Set([
  'Constant',
  'FieldRef',
  'NormContinuous',
  'NormDiscrete',
  'Discretize',
  'MapValues',
  'TextIndex',
  'Apply',
  'Aggregate',
  'Lag',
])

/** The expression inside a DerivedField, OutputField, DefineFunction … */
export function expressionChild(element: XmlElement): XmlElement | undefined {
  return element.children.find((child) => EXPRESSIONS.has(child.name))
}

/** A PMML expression as a formula, with its data type (PMML 4.4, Transformations). Throws Blocked for what has no hub form. */
export function compileFormula(element: XmlElement, env: ExpressionScope): { formula: Formula; dataType: DataType } {
  if (element.name === 'FieldRef' && attribute(element, 'mapMissingTo') === undefined) {
    const { formula, dataType } = env.scope.field(requireAttribute(element, 'field'))
    return { formula, dataType }
  }
  if (element.name === 'NormDiscrete') {
    const indicator = indicatorFormula(element, env)
    if (indicator) return { formula: indicator, dataType: 'double' }
  }
  const builder = new FormulaBuilder()
  const { expression, dataType } = compile(element, env, builder)
  return { formula: builder.build(expression, dataType === 'string'), dataType }
}

/** NormDiscrete of a value that is never missing, or that gives 0 when it is. */
function indicatorFormula(element: XmlElement, { ctx, scope }: ExpressionScope): Formula | undefined {
  const field = scope.field(requireAttribute(element, 'field'))
  const missing = numberAttribute(element, 'mapMissingTo')
  if (missing !== 0 && !(field.neverMissing && missing === undefined)) return undefined
  return indicatorOf(ctx, field.formula, parseValue(requireAttribute(element, 'value'), field.dataType))
}

/** 1 where the column has this value, else 0, for a missing value too. */
export function indicatorOf(ctx: LowerContext, column: Formula, value: Category): Formula {
  const builder = new FormulaBuilder()
  const settled = formulaOf({ kind: 'value', value: ctx.tables.value(column), index: 0, width: 1 }, column.isText)
  const constant: Expression = { kind: 'constant', value, type: column.isText ? 'string' : 'number' }
  const expression: Expression = {
    kind: 'apply',
    function: 'equal',
    args: [builder.inline(settled), constant],
    mapMissingTo: 0,
  }
  return { ...builder.build(expression, false), indicator: value }
}

function compile(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  switch (element.name) {
    case 'Constant':
      return constant(element)
    case 'FieldRef':
      return fieldRef(element, env, builder)
    case 'NormContinuous':
      return normContinuous(element, env, builder)
    case 'NormDiscrete':
      return normDiscrete(element, env, builder)
    case 'Discretize':
      return discretize(element, env, builder)
    case 'MapValues':
      return mapValues(element, env, builder)
    case 'TextIndex':
      return textIndex(element, env, builder)
    case 'Apply':
      return applied(element, env, builder)
    default:
      return block(element, 'values of other records can not be looked at', 'Aggregate them before scoring.')
  }
}

const typeOf = (dataType: DataType): ExpressionType =>
  dataType === 'string' ? 'string' : dataType === 'boolean' ? 'boolean' : 'number'

function constant(element: XmlElement): Typed {
  const declared = attribute(element, 'dataType')
  if (isTrue(attribute(element, 'missing'))) {
    const dataType = dataTypeOf(declared)
    return {
      expression: { kind: 'constant', value: null, type: typeOf(dataType) },
      dataType,
      isUntyped: declared === undefined,
    }
  }
  const { text } = element
  const guessed: DataType = text.trim() !== '' && !Number.isNaN(Number(text)) ? guessNumber(text) : 'string'
  const dataType = declared === undefined ? guessed : dataTypeOf(declared)
  const value = text === '' && dataType !== 'string' ? null : parseValue(text, dataType)
  const expression: Expression = { kind: 'constant', value, type: typeOf(dataType) }
  return { expression, dataType, isUntyped: declared === undefined }
}

const guessNumber = (text: string): DataType => (/^\s*[+-]?\d+\s*$/.test(text) ? 'integer' : 'double')

function fieldOf(name: string, { ctx, scope }: ExpressionScope, builder: FormulaBuilder): Typed {
  const field = scope.field(name)
  return { expression: builder.inline(ctx.settled(field.formula)), dataType: field.dataType }
}

function fieldRef(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  const field = fieldOf(requireAttribute(element, 'field'), env, builder)
  const mapMissingTo = attribute(element, 'mapMissingTo')
  if (mapMissingTo === undefined) return field
  const replacement: Expression = {
    kind: 'constant',
    value: parseValue(mapMissingTo, field.dataType),
    type: typeOf(field.dataType),
  }
  const expression = apply('if', apply('isMissing', field.expression), replacement, field.expression)
  return { expression, dataType: field.dataType }
}

const OUTLIERS = { asIs: 'extrapolate', asMissingValues: 'missing', asExtremeValues: 'clamp' } as const

function normContinuous(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  const norms = childrenNamed(element, 'LinearNorm')
  const outliers = OUTLIERS[(attribute(element, 'outliers') ?? 'asIs') as keyof typeof OUTLIERS]
  if (!outliers) return block(element, `the outlier treatment ${attribute(element, 'outliers')} is not known`)
  const mapMissingTo = numberAttribute(element, 'mapMissingTo')
  const expression: Expression = {
    kind: 'interpolate',
    arg: fieldOf(requireAttribute(element, 'field'), env, builder).expression,
    x: norms.map((norm) => requireNumber(norm, 'orig')),
    y: norms.map((norm) => requireNumber(norm, 'norm')),
    outliers,
    ...(mapMissingTo === undefined ? {} : { mapMissingTo }),
  }
  return { expression, dataType: 'double' }
}

function normDiscrete(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  const field = fieldOf(requireAttribute(element, 'field'), env, builder)
  const value = parseValue(requireAttribute(element, 'value'), field.dataType)
  const mapMissingTo = numberAttribute(element, 'mapMissingTo')
  const expression: Expression = {
    kind: 'apply',
    function: 'equal',
    args: [field.expression, { kind: 'constant', value, type: typeOf(field.dataType) }],
    ...(mapMissingTo === undefined ? {} : { mapMissingTo }),
  }
  return { expression, dataType: 'double' }
}

/** The data type of a table's values: declared, or that of the field it defines. */
function tableType(element: XmlElement, texts: readonly (string | undefined)[]): DataType {
  const declared = attribute(element, 'dataType')
  if (declared !== undefined) return dataTypeOf(declared)
  const present = texts.filter((text) => text !== undefined)
  return present.every((text) => text.trim() !== '' && !Number.isNaN(Number(text))) ? 'double' : 'string'
}

/** Values that a table gives instead of missing, in its type. */
function fallbacks(element: XmlElement, dataType: DataType): { defaultValue?: Category; mapMissingTo?: Category } {
  const [defaultValue, mapMissingTo] = [attribute(element, 'defaultValue'), attribute(element, 'mapMissingTo')]
  return {
    ...(defaultValue === undefined ? {} : { defaultValue: parseValue(defaultValue, dataType) }),
    ...(mapMissingTo === undefined ? {} : { mapMissingTo: parseValue(mapMissingTo, dataType) }),
  }
}

export function intervalOf(element: XmlElement): Omit<Interval, 'value'> {
  const closure = requireAttribute(element, 'closure')
  return {
    low: numberAttribute(element, 'leftMargin') ?? -Infinity,
    high: numberAttribute(element, 'rightMargin') ?? Infinity,
    closedLow: closure.startsWith('closed'),
    closedHigh: closure.endsWith('Closed'),
  }
}

function discretize(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  const bins = childrenNamed(element, 'DiscretizeBin')
  const texts = bins.map((bin) => requireAttribute(bin, 'binValue'))
  const others = [attribute(element, 'defaultValue'), attribute(element, 'mapMissingTo')]
  const dataType = tableType(element, [...texts, ...others])
  const expression: Expression = {
    kind: 'discretize',
    arg: fieldOf(requireAttribute(element, 'field'), env, builder).expression,
    bins: bins.map((bin, i) => ({
      ...intervalOf(requireChild(bin, 'Interval')),
      value: parseValue(texts[i] as string, dataType),
    })),
    ...fallbacks(element, dataType),
    type: typeOf(dataType),
  }
  return { expression, dataType }
}

/** Between the columns of a key that is one text: a character for private use, which XML can hold. */
const SEPARATOR = '\ue000'

function mapValues(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  const output = localName(requireAttribute(element, 'outputColumn'))
  const table = childNamed(element, 'InlineTable')
  if (!table) return block(element, 'its table is not in the file', 'Put the rows into an InlineTable.')
  const pairs = childrenNamed(element, 'FieldColumnPair')
  const fields = pairs.map((pair) => fieldOf(requireAttribute(pair, 'field'), env, builder))
  const columns = pairs.map((pair) => localName(requireAttribute(pair, 'column')))
  const rows = inlineRows(table).filter((row) => row[output] !== undefined)
  const others = [attribute(element, 'defaultValue'), attribute(element, 'mapMissingTo')]
  const dataType = tableType(element, [...rows.map((row) => row[output]), ...others])
  const [only] = fields
  if (!only) return block(element, 'it maps no field')
  const keys = rows.map((row) => columns.map((name, i) => keyValue(row[name], (fields[i] as Typed).dataType)))
  const single = fields.length === 1
  const expression: Expression = {
    kind: 'lookup',
    arg: single ? only.expression : joined(fields, keys),
    keys: keys.map((key) => (single ? (key[0] as Category) : key.join(SEPARATOR))),
    values: rows.map((row) => parseValue(row[output] as string, dataType)),
    ...fallbacks(element, dataType),
    type: typeOf(dataType),
  }
  return { expression, dataType }
}

const keyValue = (text: string | undefined, dataType: DataType): Category =>
  text === undefined ? '' : parseValue(text, dataType)

/** A number that no row of a table has. */
const UNKNOWN = '\ue001'

/** Several values as one text, missing when one of them is; numbers as the table's rows have them. */
function joined(fields: readonly Typed[], keys: readonly (readonly Category[])[]): Expression {
  const separator: Expression = { kind: 'constant', value: SEPARATOR, type: 'string' }
  const texts = fields.map(({ expression, dataType }, i): Expression => {
    if (dataType === 'string') return expression
    const known = [...new Set(keys.map((key) => key[i] as Category))]
    return {
      kind: 'lookup',
      arg: expression,
      keys: known,
      values: known.map(String),
      defaultValue: UNKNOWN,
      type: 'string',
    }
  })
  const parts = texts.flatMap((text, i) => (i === 0 ? [text] : [separator, text]))
  const present = fields.map(({ expression }) => apply('isNotMissing', expression))
  const missing: Expression = { kind: 'constant', value: null, type: 'string' }
  return apply('if', apply('and', ...present), apply('concat', ...parts), missing)
}

function textIndex(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  const { ctx, scope } = env
  const text = scope.field(requireAttribute(element, 'textField'))
  const term = expressionChild(element)
  const compiled = term ? compile(term, env, new FormulaBuilder()).expression : undefined
  if (compiled?.kind !== 'constant' || compiled.value === null) {
    return block(element, 'it looks for a term that is computed', 'Write the terms as constants.')
  }
  const source = termSource(element, ctx.tables.value(text.formula), String(compiled.value))
  const count = builder.inline(formulaOf(source))
  if (attribute(element, 'localTermWeights') !== 'logarithmic') return { expression: count, dataType: 'integer' }
  const one: Expression = { kind: 'constant', value: 1, type: 'number' }
  return { expression: apply('log10', apply('+', one, count)), dataType: 'double' }
}

function applied(element: XmlElement, env: ExpressionScope, builder: FormulaBuilder): Typed {
  const name = requireAttribute(element, 'function')
  const args = contentOf(element)
  const normal = NORMAL_DISTRIBUTION[name]
  const result = isBuiltIn(name)
    ? builtIn(element, name, args, env, builder)
    : normal && args.length === 3
      ? composed(args, normal, env, builder)
      : called(element, name, args, env, builder)
  return withFallbacks(element, result)
}

function builtIn(
  element: XmlElement,
  name: keyof typeof BUILT_IN,
  args: readonly XmlElement[],
  env: ExpressionScope,
  builder: FormulaBuilder,
): Typed {
  const [least, most] = BUILT_IN[name] as readonly [number, number]
  if (args.length < least || args.length > most) {
    return block(element, `the function ${name} has ${args.length} arguments`)
  }
  const typed = args.map((arg) => compile(arg, env, builder)).filter((arg, i) => i === 0 || !isNaNInSet(name, arg))
  const alike = sameTypes(name, typed)
  const expressions = alike.map(({ expression }) => expression)
  // Values that are not valid have been treated before anything is computed, and missing ones are not among them.
  if (name === 'isNotValid') {
    return { expression: { kind: 'constant', value: 0, type: 'boolean' }, dataType: 'boolean' }
  }
  if (name === 'if' && expressions.length === 2) {
    expressions.push({ kind: 'constant', value: null, type: typeOf(alike[1]?.dataType ?? 'double') })
  }
  return { expression: apply(name, ...expressions), dataType: resultType(name, alike) }
}

/** NaN is missing in the hub, and no value that a set could have. */
const isNaNInSet = (name: string, { expression }: Typed): boolean =>
  /^is(Not)?In$/.test(name) && expression.kind === 'constant' && Number.isNaN(expression.value)

/** Constants without a type in the type of what they stand beside. */
function sameTypes(name: string, args: readonly Typed[]): readonly Typed[] {
  if (OF_TEXT.has(name)) return args.map(asTextConstant)
  if (!OF_ONE_TYPE.has(name)) return args
  const others = args.filter(({ isUntyped }) => !isUntyped)
  if (others.some(({ dataType }) => dataType === 'string')) return args.map(asTextConstant)
  const known = others[0]?.dataType
  return known === undefined ? args : args.map((arg) => (arg.isUntyped ? asConstantOf(arg, known) : arg))
}

function asTextConstant(arg: Typed): Typed {
  const { expression } = arg
  if (!arg.isUntyped || expression.kind !== 'constant' || expression.value === null) return arg
  return { expression: { kind: 'constant', value: String(expression.value), type: 'string' }, dataType: 'string' }
}

function asConstantOf(arg: Typed, dataType: DataType): Typed {
  const { expression } = arg
  if (expression.kind !== 'constant' || typeof expression.value !== 'string') return arg
  return {
    expression: { kind: 'constant', value: parseValue(expression.value, dataType), type: typeOf(dataType) },
    dataType,
  }
}

const TEXT_RESULT = /^(uppercase|lowercase|trimBlanks|concat|substring|replace|formatNumber|formatDatetime)$/
const BOOLEAN_RESULT = /^(is(Not)?(Missing|Valid|In)|(not)?[eE]qual|(less|greater)(Than|OrEqual)|and|or|not|matches)$/
const INTEGER_RESULT = /^(floor|ceil|round|rint|stringLength|date\w+|threshold)$/

function resultType(name: string, args: readonly Typed[]): DataType {
  if (TEXT_RESULT.test(name)) return 'string'
  if (BOOLEAN_RESULT.test(name)) return 'boolean'
  if (INTEGER_RESULT.test(name)) return 'integer'
  if (name === 'if') return args.slice(1).find(({ expression }) => !isMissingConstant(expression))?.dataType ?? 'double'
  return args.every(({ dataType }) => dataType === 'integer') && /^[-+*]$|^(min|max|sum|product)$/.test(name)
    ? 'integer'
    : 'double'
}

const isMissingConstant = (expression: Expression): boolean =>
  expression.kind === 'constant' && expression.value === null

function composed(
  args: readonly XmlElement[],
  make: (typeof NORMAL_DISTRIBUTION)[string],
  env: ExpressionScope,
  builder: FormulaBuilder,
): Typed {
  const [x, mean, deviation] = args.map((arg) => compile(arg, env, builder).expression)
  return { expression: make(x as Expression, mean as Expression, deviation as Expression), dataType: 'double' }
}

/** A function of the document itself, in place of its call. */
function called(
  element: XmlElement,
  name: string,
  args: readonly XmlElement[],
  env: ExpressionScope,
  builder: FormulaBuilder,
): Typed {
  const definition = env.ctx.document.functions.get(name)
  if (!definition) {
    return block(element, `the function ${name} is not one of PMML's`, 'It can be written with those of PMML 4.4.')
  }
  const depth = (env.depth ?? 0) + 1
  if (depth > MAX_CALL_DEPTH) {
    throw new LimitExceededError(`PMML: the function ${name} calls functions deeper than ${MAX_CALL_DEPTH}`)
  }
  const parameters = childrenNamed(definition, 'ParameterField')
  if (parameters.length !== args.length) {
    return block(element, `${args.length} arguments for the ${parameters.length} parameters of ${name}`)
  }
  const scope = new Scope(env.scope)
  for (const [i, parameter] of parameters.entries()) {
    const own = requireAttribute(parameter, 'name')
    scope.define(own, () => {
      const { formula, dataType: actual } = compileFormula(args[i] as XmlElement, env)
      const dataType = dataTypeOf(attribute(parameter, 'dataType'), actual)
      return { name: own, dataType, opType: opTypeOf(attribute(parameter, 'optype'), dataType), formula }
    })
  }
  const body = expressionChild(definition)
  if (!body) return block(definition, 'it has no expression')
  const result = compile(body, { ctx: env.ctx, scope, depth }, builder)
  return { expression: result.expression, dataType: dataTypeOf(attribute(definition, 'dataType'), result.dataType) }
}

/** `mapMissingTo` and `defaultValue` of an Apply. */
function withFallbacks(element: XmlElement, result: Typed): Typed {
  const values = fallbacks(element, result.dataType)
  if (values.mapMissingTo === undefined && values.defaultValue === undefined) return result
  const { expression } = result
  if (expression.kind === 'apply' && expression.function === attribute(element, 'function')) {
    return { ...result, expression: { ...expression, ...values } }
  }
  if (values.mapMissingTo !== undefined) {
    return block(element, `mapMissingTo of a call is not supported (${describe(element)})`)
  }
  const replacement: Expression = {
    kind: 'constant',
    value: values.defaultValue as Category,
    type: typeOf(result.dataType),
  }
  return { ...result, expression: apply('if', apply('isMissing', expression), replacement, expression) }
}
