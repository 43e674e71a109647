import { readAll } from '../../../core/bytes/byte-source.ts'
import type { Reader } from '../../../core/format.ts'
import { checkPickleSize } from '../../../encodings/pickle/read-pickle.ts'
import { lowerings } from '../lowerings/index.ts'
import { lowerEstimator } from '../lowerings/lower.ts'
import { fileFacts, metadataOf, modelWarnings, versionsOf } from './facts.ts'
import { findModel } from './find-model.ts'
import { loadPickle } from './load-pickle.ts'
import { safetyReport } from './safety.ts'
import { sourceGraph } from './source-graph.ts'

/** Reads pickles and joblib files of fitted scikit-learn estimators; nothing in them is executed. */
export const sklearnReader: Reader = {
  lowerings,
  async read(source, options) {
    checkPickleSize(source.size)
    const loaded = await loadPickle(await readAll(source), options.signal)
    const { model, found } = findModel(loaded.pickle.value, options.name)
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
      diagnostics: modelWarnings(model),
      safety: safetyReport(loaded.pickle.safety),
      lower: async () => lowerEstimator(model, { nodeOf: tree.nodeOf, metadata }),
    }
  },
}
