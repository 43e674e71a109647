import { type ByteSource, bufferSource, readAll } from '../../core/bytes/byte-source.ts'
import { type BytePart, joinParts, partSize } from '../../core/bytes/parts.ts'
import { sequenceSource } from '../../core/bytes/sequence-source.ts'
import type { Written } from '../../core/writer.ts'
import { type ExternalFiles, externalSlice, isExternal, movedOut } from '../../formats/onnx/proto/external-data.ts'
import { encodeModelProto, readModelProto } from '../../formats/onnx/proto/onnx-codec.ts'
import type { GraphProto, NodeProto, TensorProto } from '../../formats/onnx/proto/onnx-types.ts'

/** Initializers of at least this many bytes go to ONNX Runtime beside the model: sessions start 4–6 times faster, and beyond 2 GB. */
const EXTERNAL_FROM_BYTES = 1 << 14

export interface ExternalisedModel {
  /** The model without its large initializers. */
  readonly model: Uint8Array
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[]
}

type Files = Pick<Written, 'companions'> & { readonly parts: readonly BytePart[] }

const joined = (parts: readonly BytePart[]): ByteSource =>
  sequenceSource(parts.map((part) => (part instanceof Uint8Array ? bufferSource(part) : part)))

const read = async (part: BytePart): Promise<Uint8Array> => (part instanceof Uint8Array ? part : readAll(part))

/** The elements of a tensor as they stand in the model or in a file beside it; undefined where they are no raw bytes. */
function rawBytes(tensor: TensorProto, external: ExternalFiles): BytePart | undefined {
  return isExternal(tensor) ? externalSlice(tensor, external) : tensor.rawData
}

/**
 * An .onnx file, and those beside it, as ONNX Runtime loads it best: structure, and weights as buffers of their own.
 * Throws PortolanError('invalid-input') when a file of external data is not there.
 */
export async function externalise({ parts, companions = [] }: Files, signal?: AbortSignal): Promise<ExternalisedModel> {
  const source = joined(parts)
  const proto = await readModelProto(source)
  if (!proto.graph) return { model: await readAll(source), externalData: [] }
  const files = new Map(companions.map(({ name, parts: own }) => [name, joined(own)]))
  const mover = new WeightMover((location) => files.get(location), signal)
  const graph = await mover.graph(proto.graph)
  const model = await joinParts(encodeModelProto({ ...proto, graph }))
  return { model, externalData: mover.moved }
}

class WeightMover {
  readonly moved: { path: string; data: Uint8Array }[] = []
  readonly #external: ExternalFiles
  readonly #signal: AbortSignal | undefined

  constructor(external: ExternalFiles, signal: AbortSignal | undefined) {
    this.#external = external
    this.#signal = signal
  }

  /** The graph with its large initializers moved out, and all other tensors in it. */
  async graph(graph: GraphProto): Promise<GraphProto> {
    const initializer: TensorProto[] = []
    for (const tensor of graph.initializer) {
      this.#signal?.throwIfAborted()
      const bytes = rawBytes(tensor, this.#external)
      initializer.push(
        bytes && partSize(bytes) >= EXTERNAL_FROM_BYTES ? await this.#out(tensor, bytes) : await this.#in(tensor),
      )
    }
    return { ...graph, initializer, node: await Promise.all(graph.node.map((node) => this.#node(node))) }
  }

  async #out(tensor: TensorProto, bytes: BytePart): Promise<TensorProto> {
    const data = await read(bytes)
    const path = `initializer-${this.moved.length}`
    this.moved.push({ path, data })
    return movedOut(tensor, path, 0, data.length)
  }

  async #in(tensor: TensorProto): Promise<TensorProto> {
    const bytes = isExternal(tensor) ? rawBytes(tensor, this.#external) : undefined
    return bytes ? { ...tensor, rawData: await read(bytes), dataLocation: 0, externalData: [] } : tensor
  }

  /** ONNX Runtime looks for files only in initializers of the outermost graph. */
  async #node(node: NodeProto): Promise<NodeProto> {
    const attribute = await Promise.all(
      node.attribute.map(async (each) => {
        if (each.type === 'TENSOR') return { ...each, t: await this.#in(each.t) }
        if (each.type === 'GRAPH') return { ...each, g: await this.#body(each.g) }
        return each
      }),
    )
    return { ...node, attribute }
  }

  async #body(graph: GraphProto): Promise<GraphProto> {
    return {
      ...graph,
      initializer: await Promise.all(graph.initializer.map((tensor) => this.#in(tensor))),
      node: await Promise.all(graph.node.map((node) => this.#node(node))),
    }
  }
}
