import type { Model, ModelInput, ModelOutput } from './ir/model.ts'
import type { ValueType } from './ir/types.ts'
import { withKnownValues } from './known-values.ts'
import { lowerModel } from './pipeline.ts'
import type { SignatureEntry, SourceModel } from './source-model.ts'

/** What a model takes and gives. */
export interface ModelSignature {
  readonly inputs: readonly SignatureEntry[]
  readonly outputs: readonly SignatureEntry[]
}

/** Whether element types and shapes are all known. */
export const isComplete = ({ inputs, outputs }: ModelSignature): boolean =>
  [...inputs, ...outputs].every(({ type }) => type.dtype !== null && type.shape !== null)

/**
 * The signature that a file tells, or where it leaves something open the one that lowering finds: a scikit-learn file
 * does not say which columns are text, what their categories are, or what the model answers. Lowering costs time in the
 * size of the model, so readers do not do it when they open a file.
 */
export async function completeSignature(source: SourceModel): Promise<ModelSignature> {
  if (isComplete(source)) return source
  const { model } = await lowerModel(source)
  return model ? signatureOf(model) : source
}

/** The signature of a lowered model, in the source's names for columns and labels, with the categories that it knows. */
export function signatureOf({ graph, inputs, outputs }: Model): ModelSignature {
  const typeOf = (value: string): ValueType => graph.types.get(value) ?? { dtype: null, shape: null }
  return {
    inputs: withKnownValues(graph, inputs).map((input) => inputEntry(input, typeOf(input.value))),
    outputs: outputs.map((output) => outputEntry(output, typeOf(output.value))),
  }
}

function inputEntry({ value, features }: ModelInput, type: ValueType): SignatureEntry {
  const [only] = features ?? []
  if (!features || !only) return { name: value, type }
  if (features.length === 1) return { name: only.name, type, features }
  return { name: value, type, columns: features.map(({ name }) => name), features }
}

function outputEntry({ value, role, columns = [] }: ModelOutput, type: ValueType): SignatureEntry {
  const [only] = columns
  if (columns.length === 1 && only !== undefined) return { name: only, type }
  return { name: role === 'other' ? value : role, type, ...(columns.length > 1 ? { columns } : {}) }
}
