import { type BytePart, partSize } from '../../../core/bytes/parts.ts'
import type { Companion } from '../../../core/writer.ts'
import { movedOut } from '../proto/external-data.ts'
import type { GraphProto, ModelProto } from '../proto/onnx-types.ts'

/** Smaller initializers stay in the model, as onnx.save_model leaves them (size_threshold). */
const EXTERNAL_FROM_BYTES = 1024

/**
 * Offsets are multiples of the page size, so that a runtime can map the file; those of large tensors of what Windows
 * allocates at once (onnx.proto, TensorProto.external_data).
 */
const PAGE = 4096
const ALLOCATION = 1 << 16
const LARGE = 1 << 20

/** The model with its initializers in a file beside it, and that file. */
export function withExternalData(
  model: ModelProto & { readonly graph: GraphProto },
  location: string,
): { model: ModelProto; companion: Companion } {
  const parts: BytePart[] = []
  let end = 0
  const initializer = model.graph.initializer.map((tensor) => {
    const bytes = tensor.rawData
    const size = bytes ? partSize(bytes) : 0
    if (!bytes || size < EXTERNAL_FROM_BYTES) return tensor
    const step = size < LARGE ? PAGE : ALLOCATION
    const offset = Math.ceil(end / step) * step
    if (offset > end) parts.push(new Uint8Array(offset - end))
    parts.push(bytes)
    end = offset + size
    return movedOut(tensor, location, offset, size)
  })
  return {
    model: { ...model, graph: { ...model.graph, initializer } },
    companion: { name: location, parts },
  }
}
