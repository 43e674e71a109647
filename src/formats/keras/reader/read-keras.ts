import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { Reader, ReadOptions } from '../../../core/format.ts'
import type { SourceModel } from '../../../core/source-model.ts'
import { lowerKeras } from '../lowerings/lower.ts'
import { LOWERINGS } from '../lowerings/registry.ts'
import { flatten } from './flatten.ts'
import { kerasVersion } from './keras-version.ts'
import { modelFacts, versionFacts } from './model-facts.ts'
import { type KerasFile, openKerasFile } from './open-keras-file.ts'
import { parseModel } from './parse-model.ts'
import { countParameters, sourceGraph } from './source-graph.ts'
import { attachWeights } from './weights.ts'

const UNKNOWN = { dtype: null, shape: null }

const OPTIMIZER_STATE: Diagnostic = {
  severity: 'info',
  code: 'optimizer-state',
  message: 'The file holds the state of the optimizer, which only training needs: it is left out',
  origin: [],
}

async function read(source: ByteSource, options: ReadOptions): Promise<SourceModel> {
  const file = await openKerasFile(source)
  try {
    options.signal?.throwIfAborted()
    return readModel(file)
  } catch (error) {
    file.close()
    throw error
  }
}

function readModel(file: KerasFile): SourceModel {
  const model = parseModel(file.config)
  attachWeights(model, file.weights)
  const flat = flatten(model.model as NonNullable<typeof model.model>)
  // Lowering is what knows the types of the values between the layers; weights are not read for it.
  const lowered = lowerKeras(model.name, flat, kerasVersion(file.kerasVersion))
  const graph = sourceGraph(model.name, flat, lowered.types)
  const diagnostics: Diagnostic[] = file.holdsOptimizer ? [OPTIMIZER_STATE] : []
  const typeOf = (value: string) => lowered.types.get(value) ?? UNKNOWN
  return {
    format: 'keras',
    formatName: file.formatName,
    versions: versionFacts(file),
    ...(file.kerasVersion === undefined ? {} : { producer: `Keras ${file.kerasVersion}` }),
    facts: modelFacts(file, model),
    graph,
    inputs: flat.inputs.map(({ value }) => ({ name: value, type: typeOf(value) })),
    outputs: flat.outputs.map(({ value, name }) => ({ name, type: typeOf(value) })),
    parameterCount: countParameters(flat),
    diagnostics,
    lower: async () => ({ ...lowered.result, diagnostics: [...diagnostics, ...lowered.result.diagnostics] }),
    close: async () => file.close(),
  }
}

/** Reads Sequential and functional models of Keras 2 and 3 from .h5 and .keras files. */
export const kerasReader: Reader = {
  read,
  lowerings: [...LOWERINGS.values()].map(({ operator, produces }) => ({ operator, produces })),
}
