import type { Category } from '../../../../core/ir/model.ts'
import { apply, type Expression, type ExpressionFunction } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { arrayItems } from '../arrays.ts'
import { block } from '../blocked.ts'
import { type Formula, FormulaBuilder, formulaOfValue, mapFormula } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import { attribute, requireAttribute, requireChild } from '../elements.ts'
import { parseValue } from '../fields/data-type.ts'
import type { Field } from '../fields/field.ts'
import type { Scope } from '../fields/scope.ts'

const PREDICATES: ReadonlySet<string> = new Set([
  'SimplePredicate',
  'SimpleSetPredicate',
  'CompoundPredicate',
  'True',
  'False',
])

export const isPredicate = (element: XmlElement): boolean => PREDICATES.has(element.name)

/** The predicate of a Node, a Segment, a rule; none is True. */
export const predicateOf = (element: XmlElement): XmlElement | undefined => element.children.find(isPredicate)

/** PMML's operators as functions of the hub's expressions. */
export const OPERATORS: Readonly<Record<string, ExpressionFunction>> = {
  equal: 'equal',
  notEqual: 'notEqual',
  lessThan: 'lessThan',
  lessOrEqual: 'lessOrEqual',
  greaterThan: 'greaterThan',
  greaterOrEqual: 'greaterOrEqual',
  isMissing: 'isMissing',
  isNotMissing: 'isNotMissing',
}

export function operatorOf(element: XmlElement): ExpressionFunction {
  const name = requireAttribute(element, 'operator')
  return OPERATORS[name] ?? block(element, `the operator ${name} is not known`)
}

/** The value that a SimplePredicate compares with, in its field's type. */
export const comparedValue = (element: XmlElement, field: Field): Category =>
  parseValue(requireAttribute(element, 'value'), field.dataType)

/** The values of a SimpleSetPredicate, in its field's type. */
export const comparedSet = (element: XmlElement, field: Field): Category[] =>
  arrayItems(requireChild(element, 'Array')).map((item) => parseValue(item, field.dataType))

const ORDER: ReadonlySet<string> = new Set(['lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual'])

/** A text column compared by order: its place among the field's values. */
export function rankOf(element: XmlElement, field: Field): { formula: Formula; rank: (value: Category) => number } {
  const { values, formula } = field
  if (!values) return block(element, `the order of the values of ${field.name} is not known`)
  const ranked = mapFormula(formula, false, (arg) => ({
    kind: 'lookup',
    arg,
    keys: values,
    values: values.map((_, i) => i),
    type: 'number',
  }))
  return { formula: ranked, rank: (value) => values.indexOf(value) }
}

/** Whether an operator asks for the order of texts. */
export const comparesOrder = (element: XmlElement, field: Field): boolean =>
  field.formula.isText && ORDER.has(attribute(element, 'operator') ?? '')

/** The predicate as a column: 1 true, 0 false, missing where it is unknown (PMML 4.4, TreeModel, Predicates). */
export function predicateFormula(ctx: LowerContext, scope: Scope, element: XmlElement): Formula {
  const builder = new FormulaBuilder()
  return builder.build(compile(ctx, scope, element, builder), false)
}

const truth = (value: boolean): Expression => ({ kind: 'constant', value: value ? 1 : 0, type: 'boolean' })

function compile(ctx: LowerContext, scope: Scope, element: XmlElement, builder: FormulaBuilder): Expression {
  switch (element.name) {
    case 'True':
      return truth(true)
    case 'False':
      return truth(false)
    case 'SimplePredicate':
      return simple(ctx, scope, element, builder)
    case 'SimpleSetPredicate': {
      const field = scope.field(requireAttribute(element, 'field'))
      const x = builder.inline(ctx.settled(field.formula))
      const set = comparedSet(element, field).map((value) => constantOf(field, value))
      const fn = attribute(element, 'booleanOperator') === 'isNotIn' ? 'isNotIn' : 'isIn'
      return apply('if', apply('isNotMissing', x), apply(fn, x, ...set), {
        kind: 'constant',
        value: null,
        type: 'boolean',
      })
    }
    case 'CompoundPredicate':
      return compound(ctx, scope, element, builder)
    default:
      return block(element, 'it is no predicate of PMML')
  }
}

const constantOf = (field: Field, value: Category): Expression => ({
  kind: 'constant',
  value,
  type: field.formula.isText ? 'string' : 'number',
})

function simple(ctx: LowerContext, scope: Scope, element: XmlElement, builder: FormulaBuilder): Expression {
  const field = scope.field(requireAttribute(element, 'field'))
  const operator = operatorOf(element)
  if (operator === 'isMissing' || operator === 'isNotMissing') {
    return apply(operator, builder.inline(ctx.settled(field.formula)))
  }
  const value = comparedValue(element, field)
  if (comparesOrder(element, field)) {
    const { formula, rank } = rankOf(element, field)
    const column = formulaOfValue(ctx.tables.value(formula))
    return apply(operator, builder.inline(column), { kind: 'constant', value: rank(value), type: 'number' })
  }
  return apply(operator, builder.inline(ctx.settled(field.formula)), constantOf(field, value))
}

function compound(ctx: LowerContext, scope: Scope, element: XmlElement, builder: FormulaBuilder): Expression {
  const parts = element.children.filter(isPredicate).map((part) => compile(ctx, scope, part, builder))
  const [first, ...rest] = parts
  if (!first) return block(element, 'it combines no predicates')
  const operator = requireAttribute(element, 'booleanOperator')
  switch (operator) {
    case 'and':
    case 'or':
      return apply(operator, ...parts)
    case 'xor':
      return rest.reduce((a, b) => apply('notEqual', a, b), first)
    case 'surrogate':
      return parts.reduceRight((fallback, part) => apply('if', apply('isMissing', part), fallback, part))
    default:
      return block(element, `the operator ${operator} is not known`)
  }
}
