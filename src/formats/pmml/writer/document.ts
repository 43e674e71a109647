import { PortolanError } from '../../../core/errors.ts'
import type { DataFieldUse, PmmlContext } from './context.ts'
import { type Element, el } from './element.ts'
import { type Field, formatValue } from './field.ts'
import { localTransformations, miningSchema } from './mining-schema.ts'
import { type OutputField, Scope, type Segment, type Target } from './segment.ts'

/** The PMML 4.4 document: dictionary, transformations, and the one model or the chain of models. */
export function documentOf(ctx: PmmlContext, header: { version: string; description?: string }): Element {
  return el(
    'PMML',
    { xmlns: 'http://www.dmg.org/PMML-4_4', version: '4.4' },
    el('Header', { description: header.description }, el('Application', { name: 'Portolan', version: header.version })),
    dataDictionary(ctx),
    transformationDictionary(ctx),
    topModel(ctx),
  )
}

function dataDictionary(ctx: PmmlContext): Element {
  const targets = ctx.segments.flatMap((segment) => (segment.target && isFinal(ctx, segment) ? [segment.target] : []))
  return el('DataDictionary', {}, targets.map(targetField), ctx.dataFields.map(dataField))
}

function targetField({ name, dataType, opType, values }: Target): Element {
  return el(
    'DataField',
    { name, optype: opType, dataType },
    (values ?? []).map((v) => el('Value', { value: formatValue(v, dataType) })),
  )
}

function dataField({ field, feature }: DataFieldUse): Element {
  const missing = (feature.missingValues ?? []).map((v) =>
    el('Value', { value: formatValue(v, field.dataType), property: 'missing' }),
  )
  const values = (feature.values ?? []).map((v) => el('Value', { value: formatValue(v, field.dataType) }))
  return el('DataField', { name: field.name, optype: field.opType, dataType: field.dataType }, values, missing)
}

function derivedField({ name, opType, dataType, definition }: Field): Element {
  if (!definition) throw new PortolanError('internal', `${name} is not a derived field`)
  return el('DerivedField', { name, optype: opType, dataType }, definition.expression)
}

function transformationDictionary(ctx: PmmlContext): Element | undefined {
  const derived = ctx.derived.filter((field) => field.stage === 0)
  return derived.length > 0 ? el('TransformationDictionary', {}, derived.map(derivedField)) : undefined
}

/** The last model's target is the document's; earlier targets of a multi-output model are told as OutputFields. */
function isFinal(ctx: PmmlContext, segment: Segment): boolean {
  return segment === ctx.segments.at(-1)
}

function topModel(ctx: PmmlContext): Element {
  const last = ctx.segments.at(-1)
  if (!last) throw new PortolanError('internal', 'the model predicts nothing')
  if (ctx.segments.length === 1) return modelElement(ctx, last)
  const scope = new Scope()
  for (const segment of ctx.segments) for (const field of segment.spec.scope.fields) scope.use(field)
  const dataOnly = new Scope()
  for (const { field } of ctx.dataFields) if (reaches(scope, field)) dataOnly.use(field)
  return el(
    'MiningModel',
    { functionName: last.spec.functionName },
    miningSchema(ctx, dataOnly, last.target),
    el(
      'Segmentation',
      { multipleModelMethod: 'modelChain' },
      ctx.segments.map((segment) => el('Segment', { id: segment.stage }, el('True'), modelElement(ctx, segment))),
    ),
  )
}

function reaches(scope: Scope, root: Field): boolean {
  const visit = (field: Field): boolean => field === root || (field.definition?.inputs.some(visit) ?? false)
  return [...scope.fields].some(visit)
}

function modelElement(ctx: PmmlContext, segment: Segment): Element {
  const { spec } = segment
  const final = isFinal(ctx, segment)
  const outputs = [...segment.outputs]
  if (segment.target && !final) {
    outputs.unshift({
      name: segment.target.name,
      feature: 'predictedValue',
      dataType: segment.target.dataType,
      opType: segment.target.opType,
      final: true,
    })
  }
  const local = localTransformations(spec.scope.fields)
  return el(
    spec.element,
    { functionName: spec.functionName, ...spec.attributes },
    miningSchema(ctx, spec.scope, final ? segment.target : undefined),
    outputs.length > 0 && el('Output', {}, outputs.map(outputField)),
    spec.rescale &&
      el(
        'Targets',
        {},
        el('Target', {
          field: final ? segment.target?.name : undefined,
          rescaleFactor: spec.rescale.factor,
          rescaleConstant: spec.rescale.constant,
        }),
      ),
    local.length > 0 && el('LocalTransformations', {}, local.map(derivedField)),
    spec.content,
  )
}

function outputField(field: OutputField): Element {
  return el(
    'OutputField',
    {
      name: field.name,
      optype: field.opType,
      dataType: field.dataType,
      feature: field.feature,
      value: field.value,
      rank: field.rank,
      isFinalResult: field.final ? undefined : false,
    },
    field.expression,
  )
}
