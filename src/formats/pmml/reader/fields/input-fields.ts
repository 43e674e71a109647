import type { ValueName } from '../../../../core/ir/builder.ts'
import type { ModelInput } from '../../../../core/ir/model.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { formulaOfValue, plainSource } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import { requireAttribute } from '../elements.ts'
import { isText } from './data-type.ts'
import type { Field } from './field.ts'
import { activeFields, dataFieldFacts, treated } from './mining-schema.ts'
import type { Scope } from './scope.ts'

/** Fields that something in the model refers to by one of its attributes. */
export function fieldsRead(document: LowerContext['document'], isFit: (name: string) => boolean): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (element: XmlElement): void => {
    if (DECLARATIONS.has(element.name)) return
    for (const value of Object.values(element.attributes)) if (isFit(value)) found.add(value)
    for (const child of element.children) visit(child)
  }
  visit(document.model)
  for (const element of [...document.derivedFields, ...document.functions.values()]) visit(element)
  return found
}

/** Elements that list fields without using them. */
const DECLARATIONS: ReadonlySet<string> = new Set([
  'MiningSchema',
  'ModelStats',
  'ModelExplanation',
  'ModelVerification',
  'Extension',
])

/** Makes the graph inputs of the document's model: one [N, 1] per data field that it reads, in the schema's order. */
export function defineInputs(ctx: LowerContext, scope: Scope): ModelInput[] {
  const { dataFields, model } = ctx.document
  const active = new Map(activeFields(model).map((field) => [requireAttribute(field, 'name'), field]))
  const read = fieldsRead(ctx.document, (name) => dataFields.has(name))
  const inputs: ModelInput[] = []
  for (const [name, dataField] of dataFields) {
    const miningField = active.get(name)
    if (!miningField || !read.has(name)) continue
    const facts = dataFieldFacts(dataField)
    const value = inputValue(ctx, name, isText(facts.feature.dataType))
    inputs.push({ value, features: [facts.feature] })
    scope.define(name, () => ctx.at(miningField, () => inputField(ctx, value, miningField, facts)))
  }
  return inputs
}

/**
 * A graph input for a model that reads none of its fields, and answers the same in every row: it says how many rows there
 * are. Where the document has nothing but targets it is a table without columns, [N, 0].
 */
export function unreadInput(ctx: LowerContext): ModelInput {
  const { dataFields, model } = ctx.document
  const active = new Set(activeFields(model).map((field) => requireAttribute(field, 'name')))
  const features = [...dataFields]
    .filter(([name]) => active.has(name))
    .map(([, field]) => dataFieldFacts(field).feature)
  const feature = features.find(({ dataType }) => !isText(dataType)) ?? features[0]
  if (!feature) {
    return { value: ctx.hub.input(ctx.hub.freeName('rows'), { dtype: 'float64', shape: ['N', 0] }), features: [] }
  }
  return { value: inputValue(ctx, feature.name, isText(feature.dataType)), features: [feature] }
}

const inputValue = (ctx: LowerContext, name: string, text: boolean): ValueName =>
  ctx.hub.input(ctx.hub.freeName(name === '' ? 'input' : name), { dtype: text ? 'string' : 'float64', shape: ['N', 1] })

function inputField(
  ctx: LowerContext,
  value: ValueName,
  miningField: XmlElement,
  facts: ReturnType<typeof dataFieldFacts>,
): Field {
  const { feature } = facts
  const field = treated(
    ctx,
    {
      name: feature.name,
      dataType: feature.dataType,
      opType: feature.kind,
      formula: formulaOfValue(value, isText(feature.dataType)),
      ...(feature.values ? { values: feature.values } : {}),
    },
    miningField,
    facts,
  )
  if (feature.dataType !== 'float') return field
  const wide = plainSource(field.formula) ? field.formula : formulaOfValue(ctx.tables.value(field.formula))
  return { ...field, formula: formulaOfValue(ctx.hub.op('Cast', [ctx.tables.value(wide)], { to: 'float32' })) }
}
