import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { latin1, memberEndingWith, protobufFields, startsWith, textOf } from '../probing.ts'

const ID = 'tensorflow'

const VARIABLES_ONLY = {
  message: 'This file holds the variables of a checkpoint, without the graph that computes with them',
  hint: 'Zip the whole SavedModel folder (saved_model.pb and variables/) and drop that.',
}

async function detect(probe: Probe): Promise<Detection | null> {
  const found = (variant: string, confidence = 1): Detection => ({ format: ID, variant, confidence })
  if (memberEndingWith(probe, 'saved_model.pb')) return found('TensorFlow SavedModel (zip)')
  if (startsWith(probe.content, 'TFL3', 4)) return found('TensorFlow Lite model')
  return detectText(probe) ?? (await detectProtobuf(probe)) ?? detectCheckpoint(probe)
}

function detectText(probe: Probe): Detection | null {
  const text = textOf(probe)
  if (text === null) return null
  if (/^\s*(#.*\n\s*)*node\s*\{/.test(text) && /\bop:\s*"/.test(text)) {
    return { format: ID, variant: 'TensorFlow GraphDef as text', confidence: 1 }
  }
  if (/^\s*\{/.test(text) && /"(modelTopology|weightsManifest)"/.test(text)) {
    const obstacle = {
      message: 'This is the topology of a TensorFlow.js model; its weights are in .bin files beside it',
      hint: 'Export the original model as a SavedModel or Keras file and drop that.',
    }
    return { format: ID, variant: 'TensorFlow.js model', confidence: 1, obstacle }
  }
  return null
}

/** SavedModel: 1 schema version, 2 MetaGraphDef. GraphDef: 1 NodeDef, which starts with a name and an op. */
async function detectProtobuf(probe: Probe): Promise<Detection | null> {
  const fields = await protobufFields(probe.source)
  const [first, second] = fields ?? []
  if (!fields || !first) return null
  const onlyKnown = (known: readonly number[]) => fields.every((field) => known.includes(field.number))
  if (
    first.number === 1 &&
    first.wireType === 0 &&
    first.value === 1 &&
    second?.number === 2 &&
    second.wireType === 2 &&
    onlyKnown([1, 2])
  ) {
    return { format: ID, variant: 'TensorFlow SavedModel graph (saved_model.pb)', confidence: 0.9 }
  }
  if (first.number !== 1 || first.wireType !== 2 || !onlyKnown([1, 2, 3, 4, 5])) return null
  const node = await protobufFields(probe.source.slice(first.offset, first.value))
  const isNode = node?.[0]?.number === 1 && node[1]?.number === 2 && node.every((field) => field.number <= 7)
  return isNode ? { format: ID, variant: 'TensorFlow GraphDef', confidence: 0.9 } : null
}

/** A LevelDB table's footer ends with this number; a checkpoint index is one. */
const TABLE_MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]

async function detectCheckpoint(probe: Probe): Promise<Detection | null> {
  const detection: Detection = {
    format: ID,
    variant: 'TensorFlow checkpoint',
    confidence: 0.9,
    obstacle: VARIABLES_ONLY,
  }
  const { size } = probe.source
  if (size >= 48 && startsWith(await probe.source.read(size - 8, 8), TABLE_MAGIC)) return detection
  const isPart = /\.data-\d{5}-of-\d{5}$/.test(probe.name) && !latin1(probe.head.subarray(0, 4)).startsWith('PK')
  return isPart ? { ...detection, confidence: 0.5 } : null
}

export const tensorflow: FormatDescriptor = {
  id: ID,
  name: 'TensorFlow',
  extensions: ['.pb', '.zip', '.pbtxt', '.tflite'],
  mimeType: 'application/octet-stream',
  purpose: 'Serving with TensorFlow Serving, on phones with TensorFlow Lite.',
  audience: 'Python, C++, Java, Go with TensorFlow; TensorFlow Serving.',
  documentation: 'https://www.tensorflow.org/guide/saved_model',
  detect,
}
