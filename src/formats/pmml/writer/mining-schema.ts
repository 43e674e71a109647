import type { DataFieldUse, PmmlContext } from './context.ts'
import { type Element, el } from './element.ts'
import type { Field } from './field.ts'
import type { Scope, Target } from './segment.ts'

/** The undefined fields (data and output fields) that a scope's fields rest on, in document order. */
export function rootFields(scope: Iterable<Field>): Field[] {
  return [...usedFields(scope)].filter((field) => !field.definition)
}

/** The fields of a scope and all that they rest on. */
export function usedFields(scope: Iterable<Field>): Set<Field> {
  const seen = new Set<Field>()
  const stack = [...scope].reverse()
  for (let field = stack.pop(); field; field = stack.pop()) {
    if (seen.has(field)) continue
    seen.add(field)
    stack.push(...(field.definition?.inputs ?? []))
  }
  return seen
}

/** A MiningSchema has a field at least: a model that looks at nothing is given the first column. */
export function ensureField(ctx: PmmlContext, scope: Scope): void {
  const [first] = ctx.dataFields
  if (first && rootFields(scope.fields).length === 0) scope.use(first.field)
}

/** The MiningSchema of a model element; input treatments are stated where the field is a data field. */
export function miningSchema(ctx: PmmlContext, scope: Scope, targets: readonly Target[] = []): Element {
  return schemaOf(ctx, rootFields(scope.fields), targets)
}

/** The MiningSchema of a model inside another one, whose LocalTransformations are fields that it is given. */
export function nestedMiningSchema(ctx: PmmlContext, scope: Scope): Element {
  const given = [...scope.fields].filter(isLocal)
  const own = [...scope.fields].filter((field) => !isLocal(field))
  return schemaOf(ctx, [...new Set([...rootFields(own), ...given])], [])
}

/** Whether a derived field depends on an earlier model: it is defined in the model that uses it. */
const isLocal = (field: Field) => field.definition !== undefined && field.stage > 0

function schemaOf(ctx: PmmlContext, used: Field[], targets: readonly Target[]): Element {
  const order = (field: Field) => ctx.dataFieldIndex(field) ?? ctx.dataFields.length + field.stage
  used.sort((a, b) => order(a) - order(b))
  return el(
    'MiningSchema',
    {},
    targets.map(({ name }) => el('MiningField', { name, usageType: 'target' })),
    used.map((field) => miningField(ctx, field)),
  )
}

function miningField(ctx: PmmlContext, field: Field): Element {
  const use = ctx.dataFields[ctx.dataFieldIndex(field) ?? -1]
  if (!use) return el('MiningField', { name: field.name })
  const invalid = invalidValueTreatment(ctx, use)
  return el('MiningField', {
    name: field.name,
    invalidValueTreatment: invalid === 'returnInvalid' ? undefined : invalid,
  })
}

function invalidValueTreatment(ctx: PmmlContext, { refusesUnknown, feature }: DataFieldUse) {
  // without listed values nothing is invalid
  const byDefault = refusesUnknown || !feature.values?.length ? 'returnInvalid' : 'asIs'
  return ctx.options.invalidValues ?? byDefault
}

/** Whether a field lists its values and takes others as they are. */
export function takesInvalidValues(ctx: PmmlContext, field: Field): boolean {
  const use = ctx.dataFields[ctx.dataFieldIndex(field) ?? -1]
  return (use?.feature.values?.length ?? 0) > 0 && use !== undefined && invalidValueTreatment(ctx, use) === 'asIs'
}

/** The DerivedFields that a scope needs and that depend on earlier segments, definitions before uses. */
export function localTransformations(scope: Iterable<Field>): Field[] {
  const ordered = new Set<Field>()
  const visit = (field: Field) => {
    if (ordered.has(field) || !field.definition || !isLocal(field)) return
    field.definition.inputs.forEach(visit)
    ordered.add(field)
  }
  for (const field of scope) visit(field)
  return [...ordered]
}
