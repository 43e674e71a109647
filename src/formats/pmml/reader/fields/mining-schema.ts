import type { Category, Feature } from '../../../../core/ir/model.ts'
import { apply, type Expression, type ExpressionFunction } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { type Formula, formulaOfValue, mapFormula } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import { attribute, childrenNamed, numberAttribute, requireAttribute } from '../elements.ts'
import { intervalOf } from '../expressions/compile.ts'
import { dataTypeOf, isText, parseValue } from './data-type.ts'
import { type Field, opTypeOf } from './field.ts'
import type { Scope } from './scope.ts'

/** What a DataField says of its values. */
export interface DataFieldFacts {
  readonly feature: Feature
  readonly valid: readonly Category[]
  readonly invalid: readonly Category[]
  readonly missing: readonly Category[]
  readonly intervals: readonly ReturnType<typeof intervalOf>[]
}

/** Reads a DataField (PMML 4.4, DataDictionary). */
export function dataFieldFacts(element: XmlElement): DataFieldFacts {
  const name = requireAttribute(element, 'name')
  const dataType = dataTypeOf(attribute(element, 'dataType'), 'string')
  const kind = opTypeOf(attribute(element, 'optype'), dataType)
  const valuesOf = (property: string): Category[] =>
    childrenNamed(element, 'Value')
      .filter((value) => (attribute(value, 'property') ?? 'valid') === property)
      .map((value) => parseValue(requireAttribute(value, 'value'), property === 'valid' ? dataType : wide(dataType)))
  const intervals = childrenNamed(element, 'Interval').map(intervalOf)
  const [valid, missing] = [valuesOf('valid'), valuesOf('missing')]
  const [first] = intervals
  const range: readonly [number, number] | undefined =
    first && Number.isFinite(first.low) && Number.isFinite(first.high) ? [first.low, first.high] : undefined
  return {
    feature: {
      name,
      kind,
      dataType,
      ...(valid.length > 0 ? { values: valid } : {}),
      ...(missing.length > 0 ? { missingValues: missing } : {}),
      ...(range ? { range } : {}),
    },
    valid,
    invalid: valuesOf('invalid'),
    // NaN is the hub's own missing number.
    missing: missing.filter((marker) => !Number.isNaN(marker)),
    intervals,
  }
}

/** Markers of a float field are compared before its values are rounded. */
const wide = (dataType: Feature['dataType']) => (dataType === 'float' ? 'double' : dataType)

/** Fields of a MiningSchema that models read. */
export function activeFields(model: XmlElement): XmlElement[] {
  const schemas = childrenNamed(model, 'MiningSchema')
  return schemas
    .flatMap((schema) => childrenNamed(schema, 'MiningField'))
    .filter((field) => !TARGET_USES.has(attribute(field, 'usageType') ?? 'active'))
}

const TARGET_USES: ReadonlySet<string> = new Set(['target', 'predicted'])

/** Names of the fields that a model predicts. */
export function targetFieldsOf(model: XmlElement): string[] {
  return childrenNamed(model, 'MiningSchema')
    .flatMap((schema) => childrenNamed(schema, 'MiningField'))
    .filter((field) => TARGET_USES.has(attribute(field, 'usageType') ?? 'active'))
    .map((field) => requireAttribute(field, 'name'))
}

/** How a MiningField treats values (PMML 4.4, MiningSchema). */
interface Treatment {
  readonly invalid: string
  readonly invalidReplacement: string | undefined
  readonly missing: string | undefined
  readonly missingReplacement: string | undefined
  readonly outliers: string
}

function treatmentOf(field: XmlElement): Treatment {
  return {
    invalid: attribute(field, 'invalidValueTreatment') ?? 'returnInvalid',
    invalidReplacement: attribute(field, 'invalidValueReplacement'),
    missing: attribute(field, 'missingValueTreatment'),
    missingReplacement: attribute(field, 'missingValueReplacement'),
    outliers: attribute(field, 'outliers') ?? 'asIs',
  }
}

/**
 * The schema of a model inside another: fields with a treatment of their own hide those around them (as JPMML-Evaluator,
 * InputFieldUtil.isDefault: what says nothing more than the outer schema leaves the value alone).
 */
export function defineInnerSchema(ctx: LowerContext, scope: Scope, model: XmlElement): void {
  for (const element of activeFields(model)) {
    const { invalid, invalidReplacement, missingReplacement, outliers } = treatmentOf(element)
    const isPlain =
      invalidReplacement === undefined &&
      missingReplacement === undefined &&
      outliers === 'asIs' &&
      (invalid === 'returnInvalid' || invalid === 'asIs')
    const name = requireAttribute(element, 'name')
    if (isPlain || !scope.parent?.has(name)) continue
    scope.define(name, () => {
      const outer = scope.parent?.field(name) as Field
      const dataField = ctx.document.dataFields.get(name)
      const facts = dataField ? dataFieldFacts(dataField) : undefined
      return ctx.at(element, () => treated(ctx, outer, element, facts))
    })
  }
}

/** The field as the model sees it: markers, invalid values, outliers and missing values treated, in JPMML-Evaluator's order. */
export function treated(
  ctx: LowerContext,
  field: Field,
  element: XmlElement,
  facts: DataFieldFacts | undefined,
): Field {
  const treatment = treatmentOf(element)
  const parse = (text: string): Category => parseValue(text, field.dataType)
  const opType = opTypeOf(attribute(element, 'optype') ?? field.opType, field.dataType)
  let { formula } = field
  if (facts && facts.missing.length > 0) formula = withoutMarkers(formula, facts.missing)
  const validity = facts && opType !== 'ordinal' ? validityOf(facts, opType) : facts && validityOf(facts, 'categorical')
  const replacesInvalid = treatment.invalidReplacement !== undefined && treatment.invalid !== 'asMissing'
  const outliers = outlierTreatment(element, treatment.outliers)
  if (validity && (treatment.invalid === 'asMissing' || replacesInvalid)) {
    const replacement = constantOf(
      replacesInvalid ? parse(treatment.invalidReplacement as string) : null,
      formula.isText,
    )
    formula = whereValid(formula, validity, outliers ?? ((x) => x), () => replacement)
  } else if (validity && outliers && treatment.invalid === 'asIs') {
    formula = whereValid(formula, validity, outliers, (x) => x)
  } else if (outliers) formula = mapFormula(formula, formula.isText, outliers)
  noteRefusals(ctx, field, element, treatment, validity !== undefined)
  const replacement = treatment.missingReplacement
  if (replacement !== undefined && treatment.missing !== 'returnInvalid') {
    formula = withReplacement(ctx, formula, parse(replacement))
  }
  return {
    ...field,
    opType,
    formula,
    ...(replacement === undefined ? {} : { neverMissing: true }),
    admitsInvalid: treatment.invalid === 'asIs' || treatment.invalid === 'asMissing',
  }
}

/** Values that are valid, or missing, one way, and all others another way: outliers are among the valid ones. */
const whereValid = (
  formula: Formula,
  validity: (x: Expression) => Expression,
  valid: (x: Expression) => Expression,
  invalid: (x: Expression) => Expression,
): Formula =>
  mapFormula(formula, formula.isText, (x) =>
    apply('if', apply('or', apply('isMissing', x), validity(x)), valid(x), invalid(x)),
  )

const constantOf = (value: Category | null, text: boolean): Expression => ({
  kind: 'constant',
  value,
  type: text ? 'string' : 'number',
})

const choice = (condition: Expression, yes: Expression, no: Category | null, text: boolean): Expression =>
  apply('if', condition, yes, constantOf(no, text))

function withoutMarkers(formula: Formula, markers: readonly Category[]): Formula {
  const { isText: text } = formula
  return mapFormula(formula, text, (x) =>
    choice(apply('isNotIn', x, ...markers.map((marker) => constantOf(marker, text))), x, null, text),
  )
}

/** Whether a value is valid: listed, or inside an interval; undefined where any value is. */
function validityOf(facts: DataFieldFacts, opType: Field['opType']): ((x: Expression) => Expression) | undefined {
  const text = isText(facts.feature.dataType)
  const constants = (values: readonly Category[]) => values.map((value) => constantOf(value, text))
  const checks: ((x: Expression) => Expression)[] = []
  if (facts.valid.length > 0) checks.push((x) => apply('isIn', x, ...constants(facts.valid)))
  else if (facts.invalid.length > 0) checks.push((x) => apply('isNotIn', x, ...constants(facts.invalid)))
  if (opType === 'continuous' && facts.intervals.length > 0) {
    checks.push((x) => {
      const inside = facts.intervals.map((interval) => within(x, interval))
      return inside.length === 1 ? (inside[0] as Expression) : apply('or', ...inside)
    })
  }
  if (checks.length === 0) return undefined
  return (x) =>
    checks.length === 1
      ? (checks[0] as (x: Expression) => Expression)(x)
      : apply('and', ...checks.map((check) => check(x)))
}

function within(x: Expression, { low, high, closedLow, closedHigh }: ReturnType<typeof intervalOf>): Expression {
  const bound = (fn: ExpressionFunction, limit: number) => apply(fn, x, constantOf(limit, false))
  const bounds = [
    ...(low === -Infinity ? [] : [bound(closedLow ? 'greaterOrEqual' : 'greaterThan', low)]),
    ...(high === Infinity ? [] : [bound(closedHigh ? 'lessOrEqual' : 'lessThan', high)]),
  ]
  return bounds.length === 1 ? (bounds[0] as Expression) : apply('and', ...bounds)
}

function outlierTreatment(element: XmlElement, outliers: string): ((x: Expression) => Expression) | undefined {
  if (outliers === 'asIs') return undefined
  const low = numberAttribute(element, 'lowValue') ?? -Infinity
  const high = numberAttribute(element, 'highValue') ?? Infinity
  const bound = (value: number) => constantOf(outliers === 'asExtremeValues' ? value : null, false)
  return (x) => {
    const below = high === Infinity ? x : apply('if', apply('greaterThan', x, constantOf(high, false)), bound(high), x)
    return low === -Infinity ? below : apply('if', apply('lessThan', x, constantOf(low, false)), bound(low), below)
  }
}

function withReplacement(ctx: LowerContext, formula: Formula, replacement: Category): Formula {
  const { expression, isText: text } = formula
  if (expression.kind === 'column') {
    const value = ctx.hub.ml('ml.impute', [ctx.tables.value(formula)], { replacements: [replacement] })
    return formulaOfValue(value, text)
  }
  return mapFormula(formula, text, (x) => apply('if', apply('isMissing', x), constantOf(replacement, text), x))
}

/** PMML refuses to score such rows; the hub has no such notion, and scores them. */
function noteRefusals(
  ctx: LowerContext,
  field: Field,
  element: XmlElement,
  treatment: Treatment,
  hasDomain: boolean,
): void {
  if (treatment.missing === 'returnInvalid') {
    ctx.note(
      'info',
      'missing-refused',
      `PMML refuses rows where ${field.name} is missing; other formats score them`,
      element,
    )
  }
  if (hasDomain && treatment.invalid === 'returnInvalid' && treatment.invalidReplacement === undefined) {
    ctx.note(
      'info',
      'invalid-refused',
      'PMML refuses rows with values that the model has never seen; other formats score them',
      element,
    )
  }
}
