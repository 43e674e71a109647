import type { PmmlContext } from './context.ts'
import { type Element, el } from './element.ts'
import type { Field } from './field.ts'
import type { Scope, Target } from './segment.ts'

/** The undefined fields (data and output fields) that a scope's fields rest on, in document order. */
export function rootFields(scope: Iterable<Field>): Field[] {
  const roots = new Set<Field>()
  const seen = new Set<Field>()
  const visit = (field: Field) => {
    if (seen.has(field)) return
    seen.add(field)
    if (!field.definition) roots.add(field)
    else field.definition.inputs.forEach(visit)
  }
  for (const field of scope) visit(field)
  return [...roots]
}

/** The MiningSchema of a model element; input treatments are stated where the field is a data field. */
export function miningSchema(ctx: PmmlContext, scope: Scope, targets: readonly Target[] = []): Element {
  const used = rootFields(scope.fields)
  const order = (field: Field) => {
    const i = ctx.dataFields.findIndex((use) => use.field === field)
    return i < 0 ? ctx.dataFields.length + field.stage : i
  }
  used.sort((a, b) => order(a) - order(b))
  return el(
    'MiningSchema',
    {},
    targets.map(({ name }) => el('MiningField', { name, usageType: 'target' })),
    used.map((field) => miningField(ctx, field)),
  )
}

function miningField(ctx: PmmlContext, field: Field): Element {
  const use = ctx.dataFields.find((d) => d.field === field)
  if (!use) return el('MiningField', { name: field.name })
  const invalid = ctx.options.invalidValues ?? (use.refusesUnknown ? 'returnInvalid' : 'asIs')
  return el('MiningField', {
    name: field.name,
    invalidValueTreatment: invalid === 'returnInvalid' ? undefined : invalid,
  })
}

/** The DerivedFields that a scope needs and that depend on earlier segments, definitions before uses. */
export function localTransformations(scope: Iterable<Field>): Field[] {
  const ordered = new Set<Field>()
  const visit = (field: Field) => {
    if (ordered.has(field) || !field.definition || field.stage === 0) return
    field.definition.inputs.forEach(visit)
    ordered.add(field)
  }
  for (const field of scope) visit(field)
  return [...ordered]
}
