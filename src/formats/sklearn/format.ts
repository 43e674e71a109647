import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { latin1, startsWith } from '../probing.ts'

const ID = 'sklearn'

/** Modules of estimators, as they are spelled in every protocol. */
const MODEL_MODULES = /(?:sklearn2pmml|sklearn_pandas|sklearn|imblearn)\./

/** Protocols 0 and 1 have no header: a global, a dict, a list, a tuple or an instance opens them. */
const TEXT_PICKLE = /^(?:c[\w.]+\n\w+\n|[(]?(?:[dl](?:p\d+)?\n|c[\w.]+\n\w+\n|i[\w.]+\n\w+\n)|[\](}]q?)/

/** Such a beginning that no other text has. */
const SURELY_TEXT_PICKLE = /^[(]?(?:[dl]p\d+\n|[ci][\w.]+\n[\w.]+\n)/

async function detect(probe: Probe): Promise<Detection | null> {
  const { content } = probe
  const text = latin1(content)
  const isBinary = startsWith(content, [0x80]) && (content[1] ?? 0) >= 2 && (content[1] ?? 0) <= 5
  if (!isBinary && !TEXT_PICKLE.test(text)) return null
  const container = text.includes('joblib.numpy_pickle') ? 'joblib file' : 'pickle'
  const variant = probe.compression === null ? container : `${container}, ${probe.compression}`
  if (MODEL_MODULES.test(text)) return { format: ID, variant: `scikit-learn ${variant}`, confidence: 0.9 }
  // The reader says what a pickle without an estimator would do. Large arrays may stand before the first estimator, too.
  return isBinary || SURELY_TEXT_PICKLE.test(text) ? { format: ID, variant, confidence: 0.1 } : null
}

export const sklearn: FormatDescriptor = {
  id: ID,
  name: 'scikit-learn',
  extensions: ['.pkl', '.joblib', '.pickle'],
  mimeType: 'application/octet-stream',
  purpose: 'Classical machine learning on tables: preparation and model in one pipeline.',
  audience: 'Python with scikit-learn, sklearn2pmml or sklearn-pandas.',
  documentation: 'https://scikit-learn.org/stable/model_persistence.html',
  detect,
  reader: async () => (await import('./reader/reader.ts')).sklearnReader,
}
