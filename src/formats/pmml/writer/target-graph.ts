import type { Graph, Node } from '../../../core/ir/graph.ts'
import type { PmmlContext } from './context.ts'
import { rootFields } from './mining-schema.ts'

/** The document as a graph: data fields, derived fields and models, wired by field names; origins are source nodes. */
export function targetGraph(ctx: PmmlContext): Graph {
  const nodes: Node[] = []
  for (const field of ctx.derived) {
    nodes.push({
      id: field.name,
      op: `pmml.${field.definition?.expression.name ?? 'DerivedField'}`,
      inputs: (field.definition?.inputs ?? []).map((input) => input.name),
      outputs: [field.name],
      attributes: field.definition?.expression.attributes ?? {},
      origin: ctx.originOf(field),
      label: field.name,
    })
  }
  const outputs: string[] = []
  for (const segment of ctx.segments) {
    const id = `segment ${segment.stage}`
    const names = [...segment.targets.map((target) => target.name), ...segment.outputs.map((output) => output.name)]
    outputs.push(...segment.targets.map((target) => target.name))
    outputs.push(...segment.outputs.filter((output) => output.final).map((output) => output.name))
    nodes.push({
      id,
      op: `pmml.${segment.spec.element}`,
      inputs: [...segment.spec.scope.fields].map((field) => field.name),
      outputs: names,
      attributes: { functionName: segment.spec.functionName, ...segment.spec.attributes },
      origin: segment.spec.origin,
    })
  }
  const used = new Set(ctx.segments.flatMap((segment) => rootFields(segment.spec.scope.fields)))
  return {
    name: ctx.model.graph.name,
    dialect: 'pmml',
    inputs: ctx.dataFields.filter(({ field }) => used.has(field)).map(({ field }) => field.name),
    outputs,
    nodes: nodes.sort((a, b) => stage(ctx, a) - stage(ctx, b)),
    constants: new Map(),
    types: new Map(),
  }
}

/** Derived fields of a stage come before the model of the next. */
function stage(ctx: PmmlContext, node: Node): number {
  const segment = ctx.segments.find((s) => `segment ${s.stage}` === node.id)
  if (segment) return segment.stage - 0.5
  return ctx.derived.find((field) => field.name === node.id)?.stage ?? 0
}
