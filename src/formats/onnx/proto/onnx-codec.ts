import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { BytePart } from '../../../core/bytes/parts.ts'
import { decodeMessage, readMessage } from '../../../encodings/protobuf/decode.ts'
import { encodeMessage } from '../../../encodings/protobuf/encode.ts'
import { MODEL } from './onnx-specs.ts'
import type { ModelProto } from './onnx-types.ts'

/** Bytes that a protobuf message can have: its length is an int32. */
export const MAX_MESSAGE = 2 ** 31 - 1

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

/** Encodes a model as parts of which large tensors are the very slices they came from. It may be larger than MAX_MESSAGE. */
export function encodeModelProto(model: ModelProto): BytePart[] {
  return encodeMessage(MODEL, model)
}
