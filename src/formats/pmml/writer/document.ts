import { PortolanError } from '../../../core/errors.ts'
import type { DataFieldUse, PmmlContext } from './context.ts'
import { type Element, el } from './element.ts'
import { type Field, formatValue } from './field.ts'
import {
  ensureField,
  localTransformations,
  miningSchema,
  rootFields,
  takesInvalidValues,
  usedFields,
} from './mining-schema.ts'
import { type OutputField, rescaleTargets, Scope, type Segment, type Target } from './segment.ts'
import { modelVerification } from './verification.ts'

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
  const targets = ctx.segments.flatMap((segment) => segment.targets)
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

function derivedField(ctx: PmmlContext, field: Field): Element {
  const { name, opType, dataType, definition } = field
  if (!definition) throw new PortolanError('internal', `${name} is not a derived field`)
  const isLenient = rootFields([field]).some((root) => takesInvalidValues(ctx, root))
  const expression = isLenient ? leniently(definition.expression) : definition.expression
  return el('DerivedField', { name, optype: opType, dataType }, expression)
}

/** An expression whose functions may give a value that is not among the listed ones: by itself that is an error. */
function leniently(expression: Element): Element {
  const children = expression.children.map((child) => (typeof child === 'string' ? child : leniently(child)))
  const own = expression.attributes.invalidValueTreatment
  const invalidValueTreatment = own ?? (expression.name === 'Apply' ? 'asIs' : undefined)
  return { ...expression, attributes: { ...expression.attributes, invalidValueTreatment }, children }
}

function transformationDictionary(ctx: PmmlContext): Element | undefined {
  const used = usedFields(ctx.segments.flatMap((segment) => [...segment.spec.scope.fields]))
  const derived = ctx.derived.filter((field) => field.stage === 0 && used.has(field))
  const content = [...ctx.functions, ...derived.map((field) => derivedField(ctx, field))]
  return content.length > 0 ? el('TransformationDictionary', {}, content) : undefined
}

/** The last model is the one whose result the chain gives; the others' are told by OutputFields of the whole. */
function isLast(ctx: PmmlContext, segment: Segment): boolean {
  return segment === ctx.segments.at(-1)
}

function topModel(ctx: PmmlContext): Element {
  const last = ctx.segments.at(-1)
  if (!last) throw new PortolanError('internal', 'the model predicts nothing')
  for (const segment of ctx.segments) ensureField(ctx, segment.spec.scope)
  const verification = modelVerification(ctx)
  if (ctx.segments.length === 1) return withChild(modelElement(ctx, last), verification)
  const used = rootFields(ctx.segments.flatMap((segment) => [...segment.spec.scope.fields]))
  const scope = new Scope()
  for (const field of used) if (field.stage === 0) scope.use(field)
  const outputs = ctx.segments.filter((segment) => !isLast(ctx, segment)).flatMap(resultsOf)
  const segments = ctx.segments.map((segment) =>
    el('Segment', { id: segment.stage }, el('True'), modelElement(ctx, segment)),
  )
  const canBeMissing = ctx.segments.some((segment) => !isLast(ctx, segment) && segment.spec.canBeMissing)
  const missingPredictionTreatment = canBeMissing ? 'returnMissing' : undefined
  return el(
    'MiningModel',
    { functionName: last.spec.functionName },
    miningSchema(ctx, scope, last.targets),
    outputs.length > 0 && el('Output', {}, outputs),
    el('Segmentation', { multipleModelMethod: 'modelChain', missingPredictionTreatment }, segments),
    verification,
  )
}

function withChild(element: Element, child: Element | undefined): Element {
  return child ? { ...element, children: [...element.children, child] } : element
}

/** What an earlier segment predicts, as OutputFields of the chain. */
function resultsOf({ stage, targets, outputs }: Segment): Element[] {
  const predictions = targets.map(({ name, dataType, opType }): OutputField => {
    const target = targets.length > 1 ? { targetField: name } : {}
    return { name, dataType, opType, feature: 'predictedValue', final: true, ...target }
  })
  return [...predictions, ...outputs].filter((field) => field.final).map((field) => outputField(field, stage))
}

function modelElement(ctx: PmmlContext, segment: Segment): Element {
  const { spec, targets } = segment
  const isTold = targets.length > 0 && !isLast(ctx, segment)
  const outputs = isTold ? segment.outputs.filter((field) => !field.final) : segment.outputs
  const local = localTransformations(spec.scope.fields)
  return el(
    spec.element,
    { functionName: spec.functionName, ...spec.attributes },
    miningSchema(ctx, spec.scope, targets),
    outputs.length > 0 &&
      el(
        'Output',
        {},
        outputs.map((field) => outputField(field)),
      ),
    spec.rescale && rescaleTargets(spec.rescale, targets[0]),
    local.length > 0 &&
      el(
        'LocalTransformations',
        {},
        local.map((field) => derivedField(ctx, field)),
      ),
    typeof spec.content === 'function' ? spec.content(targets) : spec.content,
  )
}

function outputField(field: OutputField, segmentId?: number): Element {
  return el(
    'OutputField',
    {
      name: field.name,
      optype: field.opType,
      dataType: field.dataType,
      targetField: field.targetField,
      feature: field.feature,
      value: field.value,
      rank: field.rank,
      segmentId,
      isFinalResult: field.final ? undefined : false,
    },
    field.expression,
  )
}
