import { bufferSource } from '../../../../core/bytes/byte-source.ts'
import { joinParts } from '../../../../core/bytes/parts.ts'
import { GraphBuilder, type ValueName } from '../../../../core/ir/builder.ts'
import type { Feature, Model, ModelOutput } from '../../../../core/ir/model.ts'
import { hubOps } from '../../../../core/ops/hub-ops.ts'
import type { WriteOptions, Written } from '../../../../core/writer.ts'
import { pmmlReader } from '../../reader/read-pmml.ts'
import { pmmlWriter } from '../writer.ts'

export const continuous = (name: string): Feature => ({ name, kind: 'continuous', dataType: 'double' })
export const text = (name: string): Feature => ({ name, kind: 'categorical', dataType: 'string' })

/** A hub model over a table with one input per feature, [N, 1] each. */
export function tableModel(
  features: readonly Feature[],
  build: (hub: GraphBuilder, inputs: ValueName[]) => ModelOutput[],
): Model {
  const hub = new GraphBuilder('test', hubOps)
  const inputs = features.map(({ name, dataType }) =>
    hub.input(name, { dtype: dataType === 'string' ? 'string' : 'float64', shape: ['N', 1] }),
  )
  const outputs = build(hub, inputs)
  return {
    graph: hub.build(outputs.map(({ value }) => value)),
    inputs: inputs.map((value, i) => ({ value, features: [features[i] as Feature] })),
    outputs,
    metadata: {},
  }
}

/** A hub model of float32 tensors, without names for columns. */
export function tensorModel(
  shapes: Readonly<Record<string, readonly (number | string)[]>>,
  build: (hub: GraphBuilder, inputs: ValueName[]) => ValueName[],
): Model {
  const hub = new GraphBuilder('test', hubOps)
  const inputs = Object.entries(shapes).map(([name, shape]) => hub.input(name, { dtype: 'float32', shape }))
  const outputs = build(hub, inputs)
  return {
    graph: hub.build(outputs),
    inputs: inputs.map((value) => ({ value })),
    outputs: outputs.map((value) => ({ value, role: 'other' })),
    metadata: {},
  }
}

export interface WrittenText extends Written {
  /** The document; empty when it is blocked. */
  readonly text: string
}

/** The model as PMML, as text. */
export async function writeText(model: Model, options: WriteOptions = {}): Promise<WrittenText> {
  const written = await pmmlWriter.write(model, options)
  return { ...written, text: written.parts ? new TextDecoder().decode(await joinParts(written.parts)) : '' }
}

/** The document read back to the hub. */
export async function readBack(document: string): Promise<Model> {
  const source = await pmmlReader.read(bufferSource(new TextEncoder().encode(document)), { name: 'written.pmml' })
  const { model, diagnostics } = await source.lower()
  if (!model) throw new Error(diagnostics.map((d) => d.message).join('; '))
  return model
}
