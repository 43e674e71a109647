import { version } from '../../../../package.json' with { type: 'json' }
import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { Model } from '../../../core/ir/model.ts'
import { type Tensor, tensorOf } from '../../../core/ir/tensor.ts'
import type { WriteOptions, Writer, Written } from '../../../core/writer.ts'
import { forbiddenCharacter, writeXml } from '../../../encodings/xml/write-xml.ts'
import { asTable } from './as-table.ts'
import { Blocked, PmmlContext } from './context.ts'
import { documentOf } from './document.ts'
import type { Element } from './element.ts'
import { emitters, estimators } from './emitters/registry.ts'
import { writeOutputs } from './outputs.ts'
import { targetGraph } from './target-graph.ts'
import { unsupportedOperators } from './unsupported.ts'
import { unwritableTexts } from './unwritable.ts'

/** Writes the hub's model as PMML 4.4 (https://dmg.org/pmml/v4-4-1/GeneralStructure.html). */
export const pmmlWriter: Writer = {
  operators: [...emitters.keys()],
  write: writePmml,
  check: async (model, options = {}) => (await plan(model, options)).diagnostics,
}

async function writePmml(model: Model, options: WriteOptions = {}): Promise<Written> {
  const { ctx, document, diagnostics } = await plan(model, options)
  if (!document) return { diagnostics }
  const outputs = ctx.model.outputs.filter((output) => !ctx.leftOut.has(output))
  return {
    parts: writeXml(document),
    diagnostics,
    graph: targetGraph(ctx),
    signature: { inputs: ctx.model.inputs, outputs },
  }
}

interface Plan {
  readonly ctx: PmmlContext
  /** Absent when a diagnostic is `blocked`. */
  readonly document?: Element
  readonly diagnostics: readonly Diagnostic[]
}

/** Everything about the document except its text. */
async function plan(model: Model, options: WriteOptions): Promise<Plan> {
  const table = asTable(model)
  const ctx = new PmmlContext(table.model, options, { emitters, estimators }, await loadConstants(model))
  ctx.diagnostics.push(...table.diagnostics)
  for (const { value, features } of table.model.inputs) if (features) ctx.addInput(value, features)
  try {
    writeOutputs(ctx)
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
  }
  const diagnostics = [...unsupportedOperators(ctx, emitters), ...unwritableTexts(table.model), ...ctx.diagnostics]
  if (diagnostics.some((d) => d.severity === 'blocked')) return { ctx, diagnostics }
  const { description } = model.metadata
  const isWritable = description !== undefined && forbiddenCharacter(description) === undefined
  const document = documentOf(ctx, { version, ...(isWritable ? { description } : {}) })
  return { ctx, document, diagnostics }
}

/** Constants with their elements in memory: PMML is text, all of them are going to be printed. */
async function loadConstants(model: Model): Promise<Map<string, Tensor>> {
  const loaded = new Map<string, Tensor>()
  for (const [name, tensor] of model.graph.constants) {
    loaded.set(name, tensor.data ? tensor : tensorOf(tensor.dtype, tensor.shape, await tensor.load()))
  }
  return loaded
}
