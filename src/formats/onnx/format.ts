import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { type ProtobufField, protobufFields, startsWith, textOf } from '../probing.ts'

const ID = 'onnx'

/** Fields of ModelProto (onnx.proto) with their wire types: 0 varint, 2 length-delimited. */
const MODEL_FIELDS: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
}
const GRAPH = 7

/** ONNX Runtime's own format: a FlatBuffer with this identifier. */
const ORT_MAGIC = 'ORTM'

type Relative = Pick<Detection, 'variant' | 'obstacle'>

const SINGLE_TENSOR: Relative = {
  variant: 'ONNX tensor (.pb)',
  obstacle: {
    message: 'This is a single ONNX tensor, test data or external weights, without a model',
    hint: 'Drop the .onnx file that it belongs to.',
  },
}

/** The forms in which a ModelProto is printed: ONNX's own text, protobuf text, JSON. */
function textForm(probe: Probe): Relative | null {
  const text = textOf(probe)
  if (text === null) return null
  const variant = /^\s*<\s*ir_version\s*:/.test(text)
    ? 'ONNX text (.onnxtxt)'
    : /^\s*ir_version:\s*\d/m.test(text) && /^graph\s*\{/m.test(text)
      ? 'ONNX as protobuf text'
      : /^\s*\{[\s\S]{0,4096}?"ir_?[vV]ersion"\s*:/.test(text)
        ? 'ONNX as JSON'
        : null
  if (variant === null) return null
  const obstacle = {
    message: 'This is an ONNX model printed as text, which Portolan does not read',
    hint: 'In Python: onnx.save(onnx.load("model.onnxtxt"), "model.onnx"), and drop that.',
  }
  return { variant, obstacle }
}

/** TensorProto: 1 dims, 2 data type, then its elements. */
function isTensor(fields: readonly ProtobufField[] | null): boolean {
  const dataType = fields?.find(({ number }) => number === 2)
  const known = fields?.every(({ number }) => number <= 14) === true
  const hasElements = fields?.some(
    ({ number, wireType }) => number >= 4 && number <= 11 && number !== 8 && wireType === 2,
  )
  return known && hasElements === true && dataType?.wireType === 0 && dataType.value >= 1 && dataType.value <= 25
}

/** A zip of a model and the files beside it, as they are handed around when weights have a file of their own. */
function zipped(entries: readonly string[]): Detection | null {
  const models = entries.filter((name) => name.endsWith('.onnx'))
  if (models.length !== 1) return null
  return { format: ID, variant: 'ONNX model in a zip', confidence: 0.8 }
}

async function detect(probe: Probe): Promise<Detection | null> {
  if (probe.entries) return zipped(probe.entries)
  if (startsWith(probe.content, ORT_MAGIC, 4)) {
    const obstacle = {
      message: 'This is a model in ONNX Runtime’s own format (.ort), optimised for one runtime',
      hint: 'Open the .onnx file that it was made from.',
    }
    return { format: ID, variant: 'ONNX Runtime model (.ort)', confidence: 1, obstacle }
  }
  const fields = await protobufFields(probe.source)
  const relative = textForm(probe) ?? (isTensor(fields) ? SINGLE_TENSOR : null)
  if (relative) return { format: ID, confidence: 0.9, ...relative }
  if (!fields?.every(({ number, wireType }) => MODEL_FIELDS[number] === wireType)) return null
  const version = fields.find(({ number }) => number === 1)?.value
  if (!fields.some(({ number }) => number === GRAPH) || version === undefined) return null
  return { format: ID, variant: `ONNX model (IR ${version})`, confidence: 0.95 }
}

export const onnx: FormatDescriptor = {
  id: ID,
  name: 'ONNX',
  extensions: ['.onnx'],
  mimeType: 'application/octet-stream',
  purpose: 'Running models of every kind anywhere: networks and classical models, operator by operator.',
  audience: 'ONNX Runtime in Python, C++, C#, Java and JavaScript, Windows ML, TensorRT, OpenVINO.',
  documentation: 'https://onnx.ai/onnx/repo-docs/IR.html',
  detect,
  reader: async () => (await import('./reader/read-onnx.ts')).onnxReader,
  writer: async () => (await import('./writer/write-onnx.ts')).onnxWriter,
}
