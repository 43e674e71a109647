import { version } from '../../../../package.json' with { type: 'json' }
import type { Model } from '../../../core/ir/model.ts'
import { type Tensor, tensorOf } from '../../../core/ir/tensor.ts'
import type { WriteOptions, Writer, Written } from '../../../core/writer.ts'
import { asTable } from './as-table.ts'
import { Blocked, PmmlContext } from './context.ts'
import { documentOf } from './document.ts'
import { emitters, estimators } from './emitters/registry.ts'
import { writeOutputs } from './outputs.ts'
import { serialize } from './serialize.ts'
import { targetGraph } from './target-graph.ts'
import { unsupportedOperators } from './unsupported.ts'

/** Writes the hub's model as PMML 4.4 (https://dmg.org/pmml/v4-4-1/GeneralStructure.html). */
export const pmmlWriter: Writer = {
  operators: [...emitters.keys()],
  write: writePmml,
}

async function writePmml(model: Model, options: WriteOptions = {}): Promise<Written> {
  const table = asTable(model)
  const ctx = new PmmlContext(table.model, options, emitters, await loadConstants(model))
  ctx.diagnostics.push(...table.diagnostics)
  for (const { value, features } of table.model.inputs) if (features) ctx.addInput(value, features)
  try {
    writeOutputs(ctx, estimators)
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
  }
  const diagnostics = [...unsupportedOperators(ctx, emitters), ...ctx.diagnostics]
  if (diagnostics.some((d) => d.severity === 'blocked')) return { diagnostics }
  const description = model.metadata.description
  const document = documentOf(ctx, { version, ...(description === undefined ? {} : { description }) })
  const { inputs, outputs } = ctx.model
  return { parts: serialize(document), diagnostics, graph: targetGraph(ctx), signature: { inputs, outputs } }
}

/** Constants with their elements in memory: PMML is text, all of them are going to be printed. */
async function loadConstants(model: Model): Promise<Map<string, Tensor>> {
  const loaded = new Map<string, Tensor>()
  for (const [name, tensor] of model.graph.constants) {
    loaded.set(name, tensor.data ? tensor : tensorOf(tensor.dtype, tensor.shape, await tensor.load()))
  }
  return loaded
}
