import { readAll } from '../../../core/bytes/byte-source.ts'
import { deserializeError, serializeError } from '../../../core/errors.ts'
import type { Reader } from '../../../core/format.ts'
import type { SafetyReport, SourceModel } from '../../../core/source-model.ts'
import { checkPickleSize } from '../../../encodings/pickle/read-pickle.ts'
import { lowerings } from '../lowerings/index.ts'
import { lowerEstimator } from '../lowerings/lower.ts'
import { fileFacts, metadataOf, modelWarnings, versionsOf } from './facts.ts'
import { findModel } from './find-model.ts'
import { type LoadedPickle, loadPickle } from './load-pickle.ts'
import { safetyReport } from './safety.ts'
import { sourceGraph } from './source-graph.ts'

/** Reads pickles and joblib files of fitted scikit-learn estimators; nothing in them is executed. */
export const sklearnReader: Reader = {
  lowerings,
  async read(source, options) {
    checkPickleSize(source.size)
    const loaded = await loadPickle(await readAll(source), options.signal)
    const safety = safetyReport(loaded.pickle.safety)
    try {
      return sourceModel(loaded, options.name, safety)
    } catch (error) {
      throw deserializeError({ ...serializeError(error), safety })
    }
  },
}

/** Throws PortolanError when there is no estimator in the pickle, or a damaged one. */
function sourceModel(loaded: LoadedPickle, name: string, safety: SafetyReport): SourceModel {
  const foundModel = findModel(loaded.pickle.value, name)
  const { model, found } = foundModel
  const tree = sourceGraph(model)
  const metadata = metadataOf(model)
  const versions = versionsOf(model, loaded)
  return {
    format: 'sklearn',
    formatName: loaded.isJoblib ? 'joblib file' : 'pickle',
    versions,
    producer: versions[0] ? `${versions[0].name} ${versions[0].value}` : 'scikit-learn',
    facts: fileFacts(loaded, found),
    graph: tree.graph,
    inputs: tree.inputs,
    outputs: tree.outputs,
    parameterCount: tree.parameterCount,
    diagnostics: modelWarnings(foundModel),
    safety,
    lower: async () => lowerEstimator(model, { nodeOf: tree.nodeOf, metadata }),
  }
}
