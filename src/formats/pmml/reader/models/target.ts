import type { Category } from '../../../../core/ir/model.ts'
import { apply, type Expression, number } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { block } from '../blocked.ts'
import { type Formula, formulaOf, mapFormula, plainSource } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import { attribute, childrenNamed, numberAttribute, requireAttribute } from '../elements.ts'
import { type DataType, dataTypeOf, parseValue } from '../fields/data-type.ts'
import { type OpType, opTypeOf } from '../fields/field.ts'
import { targetFieldsOf } from '../fields/mining-schema.ts'

/** What a model predicts. */
export interface Target {
  /** Absent where the model names no target field. */
  readonly name?: string
  readonly dataType: DataType
  readonly opType: OpType
  /** Labels as the data dictionary lists them, with their spelling. */
  readonly categories: readonly { readonly label: Category; readonly text: string }[]
  /** The Target element: how a prediction is rescaled, what stands in for none. */
  readonly element?: XmlElement
}

/** The target of a model (PMML 4.4, MiningSchema and Targets); the first one where several are listed. */
export function targetOf(ctx: LowerContext, model: XmlElement): Target {
  const names = targetFieldsOf(model)
  const wanted = attribute(model, 'targetField') ?? attribute(model, 'targetFieldName')
  return targetNamed(ctx, model, wanted !== undefined && names.includes(wanted) ? wanted : names[0])
}

/** One of a model's targets, by its field. */
export function targetNamed(ctx: LowerContext, model: XmlElement, name: string | undefined): Target {
  const elements = childrenNamed(model, 'Targets').flatMap((targets) => childrenNamed(targets, 'Target'))
  const element =
    elements.find((each) => attribute(each, 'field') === name) ?? elements.find((each) => !attribute(each, 'field'))
  const dataField = name === undefined ? undefined : ctx.document.dataFields.get(name)
  const isClassification = attribute(model, 'functionName') === 'classification'
  const dataType = dataTypeOf(dataField && attribute(dataField, 'dataType'), isClassification ? 'string' : 'double')
  const opType = (element && attribute(element, 'optype')) ?? (dataField && attribute(dataField, 'optype'))
  const texts = dataField
    ? childrenNamed(dataField, 'Value')
        .filter((value) => (attribute(value, 'property') ?? 'valid') === 'valid')
        .map((value) => requireAttribute(value, 'value'))
    : []
  return {
    ...(name === undefined ? {} : { name }),
    dataType,
    opType: opTypeOf(opType, dataType),
    categories: texts.map((text) => ({ text, label: parseValue(text, dataType) })),
    ...(element ? { element } : {}),
  }
}

const ROUNDING = { round: 'round', ceiling: 'ceil', floor: 'floor' } as const

/** A regression's result as the Target wants it: bounded, rescaled, made a whole number, in this order (PMML 4.4, Targets). */
export function rescaled(formula: Formula, { element }: Target): Formula {
  if (!element) return formula
  const [low, high] = [numberAttribute(element, 'min'), numberAttribute(element, 'max')]
  const factor = numberAttribute(element, 'rescaleFactor') ?? 1
  const constant = numberAttribute(element, 'rescaleConstant') ?? 0
  const rounding = attribute(element, 'castInteger')
  const [defaultValue] = childrenNamed(element, 'TargetValue').map((value) => numberAttribute(value, 'defaultValue'))
  const isPlain = low === undefined && high === undefined && rounding === undefined && defaultValue === undefined
  const source = plainSource(formula)
  if (isPlain && factor === 1 && constant === 0) return formula
  if (isPlain && source?.kind === 'ensemble') {
    const { ensemble } = source
    const scaled = (values: ArrayLike<number>) => Array.from(values, (value) => value * factor)
    const trees =
      factor === 1
        ? ensemble.trees
        : ensemble.trees.map((tree) => ({
            ...tree,
            values: (answer: XmlElement | undefined) => scaled(tree.values(answer)),
          }))
    const base = ensemble.base.map((value) => value * factor + constant)
    return formulaOf({ ...source, ensemble: { ...ensemble, trees, base } })
  }
  return mapFormula(formula, false, (prediction) => {
    let x: Expression =
      defaultValue === undefined
        ? prediction
        : apply('if', apply('isMissing', prediction), number(defaultValue), prediction)
    if (low !== undefined) x = apply('if', apply('lessThan', x, number(low)), number(low), x)
    if (high !== undefined) x = apply('if', apply('greaterThan', x, number(high)), number(high), x)
    if (factor !== 1) x = apply('*', x, number(factor))
    if (constant !== 0) x = apply('+', x, number(constant))
    if (rounding === undefined) return x
    const fn = ROUNDING[rounding as keyof typeof ROUNDING] ?? block(element, `castInteger ${rounding} is not known`)
    return apply(fn, x)
  })
}

/** The probabilities that stand in for none, in the order of the labels. */
export function priorsOf({ element }: Target, labels: readonly Category[], dataType: DataType): number[] | undefined {
  const values = element ? childrenNamed(element, 'TargetValue') : []
  const priors = new Map(
    values.map((value) => [
      String(parseValue(attribute(value, 'value') ?? '', dataType)),
      numberAttribute(value, 'priorProbability'),
    ]),
  )
  if (values.length === 0 || [...priors.values()].includes(undefined)) return undefined
  const shares = labels.map((label) => priors.get(String(label)) ?? 0)
  const total = shares.reduce((a, b) => a + b, 0)
  return total > 0 ? shares.map((share) => share / total) : undefined
}

/** How a label is displayed. */
export function displayValues({ element, dataType }: Target): ReadonlyMap<string, string> {
  const values = element ? childrenNamed(element, 'TargetValue') : []
  const pairs = values.map((value) => [attribute(value, 'value'), attribute(value, 'displayValue')] as const)
  return new Map(
    pairs.flatMap(([value, display]) =>
      value === undefined || display === undefined ? [] : [[String(parseValue(value, dataType)), display] as const],
    ),
  )
}
