import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { latin1, memberEndingWith, startsWith, textOf } from '../probing.ts'

const ID = 'keras'

const HDF5_MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

/** Attribute names stand in the object headers, near the front; the rest of the file is weights. */
const SEARCHED_BYTES = 1 << 22

const WEIGHTS_ONLY = {
  message: 'This file holds the weights of a Keras model, without its layers',
  hint: 'Save the whole model: model.save("model.keras"), not model.save_weights(…).',
}

async function detect(probe: Probe): Promise<Detection | null> {
  return detectArchive(probe) ?? (await detectHdf5(probe)) ?? detectConfig(probe)
}

function detectArchive(probe: Probe): Detection | null {
  const isArchive =
    probe.entries?.includes('config.json') &&
    probe.entries.includes('metadata.json') &&
    memberEndingWith(probe, 'model.weights.h5')
  return isArchive ? { format: ID, variant: 'Keras 3 archive (.keras)', confidence: 1 } : null
}

async function detectHdf5(probe: Probe): Promise<Detection | null> {
  if (!startsWith(probe.content, HDF5_MAGIC)) return null
  const names = latin1(await probe.source.read(0, Math.min(probe.source.size, SEARCHED_BYTES)))
  if (names.includes('model_config')) return { format: ID, variant: 'Keras HDF5 model (.h5)', confidence: 1 }
  const isWeights =
    names.includes('weight_names') ||
    names.includes('layer_names') ||
    /\b_layer_checkpoint_dependencies\b|\bvars\b/.test(names)
  return isWeights ? { format: ID, variant: 'Keras weights (HDF5)', confidence: 0.8, obstacle: WEIGHTS_ONLY } : null
}

function detectConfig(probe: Probe): Detection | null {
  const text = textOf(probe)
  const isConfig =
    text &&
    /^\s*\{/.test(text) &&
    /"class_name"\s*:\s*"(Sequential|Functional|Model)"/.test(text.slice(0, 4096)) &&
    !text.includes('"modelTopology"')
  if (!isConfig) return null
  const obstacle = {
    message: 'This is the architecture of a Keras model as JSON, without its weights',
    hint: 'Save the whole model: model.save("model.keras").',
  }
  return { format: ID, variant: 'Keras architecture (JSON)', confidence: 1, obstacle }
}

export const keras: FormatDescriptor = {
  id: ID,
  name: 'Keras',
  extensions: ['.keras', '.h5', '.hdf5'],
  mimeType: 'application/octet-stream',
  purpose: 'Building and training neural networks layer by layer.',
  audience: 'Python with Keras 3 on TensorFlow, JAX or PyTorch.',
  documentation: 'https://keras.io/guides/serialization_and_saving/',
  detect,
  reader: async () => (await import('./reader/read-keras.ts')).kerasReader,
}
