import type { Category } from '../../../../core/ir/model.ts'
import { apply, type Expression } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { block } from '../blocked.ts'
import { type Formula, formulaOfValue, mapFormula, plainSource } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import { attribute, childrenNamed, requireAttribute } from '../elements.ts'
import { compileFormula, expressionChild } from '../expressions/compile.ts'
import { type DataType, dataTypeOf, parseValue } from './data-type.ts'
import { type Field, opTypeOf } from './field.ts'
import type { Scope } from './scope.ts'

/** Defines the DerivedFields of a TransformationDictionary or of LocalTransformations. */
export function defineDerivedFields(ctx: LowerContext, scope: Scope, elements: readonly XmlElement[]): void {
  for (const element of elements) {
    const name = requireAttribute(element, 'name')
    // A local field may be derived from one of the same name around it.
    const visible = scope.hasOwn(name) ? scope : (scope.parent ?? scope)
    const inner = dependsOn(element, name) ? visible : scope
    scope.define(name, () => ctx.at(element, () => derivedField(ctx, inner, element)))
  }
}

const dependsOn = (element: XmlElement, name: string): boolean =>
  attribute(element, 'field') === name || element.children.some((child) => dependsOn(child, name))

/** A field that an expression defines: a DerivedField or a transformed OutputField. */
export function derivedField(ctx: LowerContext, scope: Scope, element: XmlElement): Field {
  // Inputs of networks and Bayes models may leave their field without a name.
  const name = attribute(element, 'name') ?? ''
  const expression = expressionChild(element)
  if (!expression) return block(element, 'it has no expression')
  const compiled = compileFormula(expression, { ctx, scope })
  const dataType = dataTypeOf(attribute(element, 'dataType'), compiled.dataType)
  const formula = castFormula(ctx, compiled.formula, compiled.dataType, dataType)
  const values = childrenNamed(element, 'Value').map((value) => parseValue(requireAttribute(value, 'value'), dataType))
  return {
    name,
    dataType,
    opType: opTypeOf(attribute(element, 'optype'), dataType),
    formula,
    ...(values.length > 0 ? { values } : {}),
    ...(formula.indicator === undefined ? {} : { neverMissing: true }),
  }
}

/** A formula's values as another data type. */
export function castFormula(ctx: LowerContext, formula: Formula, from: DataType, to: DataType): Formula {
  if (to === 'float' && from !== 'float' && formula.indicator === undefined) return rounded(ctx, formula)
  if (to === 'string' && from !== 'string') return asText(formula, from)
  if (to !== 'string' && from === 'string') return asNumbers(formula, to)
  return formula
}

/** A column as it is is rounded by a Cast, so that trees know that they compare single precision. */
function rounded(ctx: LowerContext, formula: Formula): Formula {
  const source = plainSource(formula)
  if (source?.kind === 'term') return formula
  if (source) return formulaOfValue(ctx.hub.op('Cast', [ctx.tables.value(formula)], { to: 'float32' }))
  return mapFormula(formula, false, (x) => apply('x-float', x))
}

function asText(formula: Formula, from: DataType): Formula {
  if (from !== 'boolean') return { ...formula, isText: true }
  return mapFormula(formula, true, (arg) => ({
    kind: 'lookup',
    arg,
    keys: [0, 1],
    values: ['false', 'true'],
    type: 'string',
  }))
}

/** Texts of a table or a constant are parsed now; a column's are parsed row by row. */
function asNumbers(formula: Formula, to: DataType): Formula {
  const { expression } = formula
  const parsed = (value: Category): Category => (typeof value === 'string' ? parseValue(value, to) : value)
  const type = to === 'boolean' ? 'boolean' : 'number'
  const fallbacks = (e: { defaultValue?: Category; mapMissingTo?: Category }) => ({
    ...(e.defaultValue === undefined ? {} : { defaultValue: parsed(e.defaultValue) }),
    ...(e.mapMissingTo === undefined ? {} : { mapMissingTo: parsed(e.mapMissingTo) }),
  })
  let typed: Expression = expression
  if (expression.kind === 'constant') {
    typed = { ...expression, value: expression.value === null ? null : parsed(expression.value), type }
  } else if (expression.kind === 'lookup') {
    typed = { ...expression, values: expression.values.map(parsed), ...fallbacks(expression), type }
  } else if (expression.kind === 'discretize') {
    const bins = expression.bins.map((bin) => ({ ...bin, value: parsed(bin.value) }))
    typed = { ...expression, bins, ...fallbacks(expression), type }
  } else if (to === 'boolean') {
    typed = { kind: 'lookup', arg: expression, keys: ['false', 'true'], values: [0, 1], type }
  } else if (expression.kind === 'column') {
    // Adding nothing makes a number of a text.
    typed = apply('+', expression, { kind: 'constant', value: 0, type: 'number' })
  }
  return { expression: typed, sources: formula.sources, isText: false }
}
