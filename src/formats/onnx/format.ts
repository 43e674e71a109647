import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { protobufFields, startsWith } from '../probing.ts'

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

async function detect(probe: Probe): Promise<Detection | null> {
  if (startsWith(probe.content, ORT_MAGIC, 4)) {
    const obstacle = {
      message: 'This is a model in ONNX Runtime’s own format (.ort), optimised for one runtime',
      hint: 'Open the .onnx file that it was made from.',
    }
    return { format: ID, variant: 'ONNX Runtime model (.ort)', confidence: 1, obstacle }
  }
  const fields = await protobufFields(probe.source)
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
