import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import { MalformedFileError, PortolanError } from '../../../core/errors.ts'
import { DTYPE_SIZE } from '../../../core/ir/dtype.ts'
import { elementCount } from '../../../core/ir/tensor.ts'
import { dtypeOf } from '../ops/data-types.ts'
import type { GraphProto, TensorProto } from './onnx-types.ts'

/** TensorProto.DataLocation.EXTERNAL: the elements stand in another file (onnx.proto, TensorProto.external_data). */
const EXTERNAL = 1

/** Finds a file of external data by its `location`, relative to the model. */
export type ExternalFiles = (location: string) => ByteSource | undefined

export const isExternal = (tensor: TensorProto): boolean => tensor.dataLocation === EXTERNAL

/** The name of the file in which an external tensor stands. */
export const locationOf = (tensor: TensorProto): string | undefined =>
  tensor.externalData.find(({ key }) => key === 'location')?.value

/** All tensors of a graph and its bodies, initializers and attributes. */
export function* tensorsOf(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer
  for (const node of graph.node) {
    for (const attribute of node.attribute) {
      if (attribute.type === 'TENSOR') yield attribute.t
      if (attribute.type === 'GRAPH') yield* tensorsOf(attribute.g)
    }
  }
}

/** The tensor with its elements at a place of another file instead of in itself. */
export function movedOut(tensor: TensorProto, location: string, offset: number, length: number): TensorProto {
  const entry = (key: string, value: string | number) => ({ key, value: String(value) })
  return {
    ...tensor,
    rawData: undefined,
    dataLocation: EXTERNAL,
    externalData: [entry('location', location), entry('offset', offset), entry('length', length)],
  }
}

/**
 * Where the elements of an external tensor stand.
 * Throws PortolanError('invalid-input') when the file is not there, MalformedFileError when it is too short.
 */
export function externalSlice(tensor: TensorProto, external?: ExternalFiles): ByteSource {
  const what = `The ONNX tensor ${JSON.stringify(tensor.name)}`
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]))
  const location = entries.get('location')
  if (location === undefined) throw new MalformedFileError(`${what} is external, but says no location`)
  const file = external?.(location)
  if (!file) {
    throw new PortolanError('invalid-input', `${what} is in the file ${JSON.stringify(location)}, which is not here`, {
      hint: `Open ${JSON.stringify(location)} together with the model.`,
    })
  }
  const offset = Number(entries.get('offset') ?? 0)
  const length = Number(entries.get('length') ?? ownSize(tensor))
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) {
    throw new MalformedFileError(`${what} has no valid offset and length in its external data`)
  }
  return file.slice(offset, length)
}

/** The bytes that a tensor's elements take, of types that the hub has. */
function ownSize({ dims, dataType }: TensorProto): number {
  const dtype = dtypeOf(dataType)
  return dtype === null || dtype === 'string' ? 0 : elementCount(dims) * DTYPE_SIZE[dtype]
}
