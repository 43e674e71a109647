import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import { type BytePart, partsSize } from '../../../core/bytes/parts.ts'
import { LimitExceededError } from '../../../core/errors.ts'
import { decodeMessage, readMessage } from '../../../encodings/protobuf/decode.ts'
import { encodeMessage } from '../../../encodings/protobuf/encode.ts'
import { MODEL, TENSOR } from './onnx-specs.ts'
import type { ModelProto, TensorProto } from './onnx-types.ts'

/** Protobuf's own limit: a message's length is an int32. */
const MAX_MESSAGE = 2 ** 31 - 1

/**
 * Reads a model's structure; tensors of 64 KiB and more stay in the file as slices, so that a 3 GB model opens by
 * reading its field headers.
 *
 * Throws MalformedFileError with the byte offset, LimitExceededError for hostile nesting.
 */
export function readModelProto(source: ByteSource): Promise<ModelProto> {
  return readMessage(MODEL, source)
}

/** Decodes a model in memory; `rawData` are views. */
export function decodeModelProto(bytes: Uint8Array): ModelProto {
  return decodeMessage(MODEL, bytes)
}

/**
 * Encodes a model as parts of which large tensors are the very slices they came from.
 * Throws LimitExceededError when it has 2 GiB or more.
 */
export function encodeModelProto(model: ModelProto): BytePart[] {
  const parts = encodeMessage(MODEL, model)
  checkSize(partsSize(parts))
  return parts
}

/** Throws LimitExceededError when a model of so many bytes can not be a protobuf message. */
export function checkSize(bytes: number): void {
  if (bytes <= MAX_MESSAGE) return
  throw new LimitExceededError(`The ONNX model would have ${bytes} bytes; a protobuf file ends at 2 GiB`, {
    hint: 'Write the large initializers as external data (dataLocation EXTERNAL) in a file beside the model.',
    context: { limit: MAX_MESSAGE, size: bytes },
  })
}

/** Reads a file that is one TensorProto, as in ONNX's test data (`input_0.pb`). */
export function readTensorProto(source: ByteSource): Promise<TensorProto> {
  return readMessage(TENSOR, source)
}

export function encodeTensorProto(tensor: TensorProto): BytePart[] {
  return encodeMessage(TENSOR, tensor)
}
