import type { Diagnostic } from '../../../core/diagnostics.ts'
import { MalformedFileError, PortolanError, UnsupportedError } from '../../../core/errors.ts'
import type { TensorData } from '../../../core/ir/dtype.ts'
import { elementCount, lazyTensor, type Tensor } from '../../../core/ir/tensor.ts'
import { dtypeOf } from '../ops/data-types.ts'
import { type ExternalFiles, isExternal } from '../proto/external-data.ts'
import type { SparseTensorProto, TensorProto } from '../proto/onnx-types.ts'
import { tensorFromProto } from '../proto/tensor-data.ts'

/** Most elements of a sparse tensor that are spelt out; a few bytes could claim terabytes otherwise. */
const MAX_DENSE_ELEMENTS = 2 ** 28

/**
 * Reads tensors so that the model can be shown whatever they are: one that cannot be had becomes a tensor whose `load`
 * says why, and a diagnostic.
 */
export class TensorReader {
  readonly diagnostics: Diagnostic[] = []
  readonly #external: ExternalFiles

  constructor(external: ExternalFiles) {
    this.#external = external
  }

  dense(proto: TensorProto): Tensor {
    try {
      return tensorFromProto(proto, this.#external)
    } catch (error) {
      if (!(error instanceof UnsupportedError || (error instanceof PortolanError && error.code === 'invalid-input'))) {
        throw error
      }
      return this.#unavailable(proto, error)
    }
  }

  /** A COO tensor spelt out: indices are [nnz] linear or [nnz, rank] (onnx.proto, SparseTensorProto). */
  sparse(proto: SparseTensorProto): Tensor {
    if (!proto.values || !proto.indices) throw new MalformedFileError('A sparse tensor lacks its values or its indices')
    const values = this.dense(proto.values)
    const indices = this.dense(proto.indices)
    const count = elementCount(proto.dims)
    if (values.dtype === 'string' || count > MAX_DENSE_ELEMENTS) {
      return this.#unavailable(
        { ...proto.values, dims: proto.dims },
        new UnsupportedError(
          `The sparse tensor ${proto.values.name} has ${count} ${values.dtype} elements, which can not be spelt out`,
        ),
      )
    }
    return lazyTensor(values.dtype, proto.dims, () => spellOut(values, indices, proto.dims))
  }

  /** A file that is not there is told once, by the first tensor that stands in it. */
  #unavailable(proto: TensorProto, error: PortolanError): Tensor {
    const { message, hint } = error
    const isTold = hint !== undefined && isExternal(proto) && this.diagnostics.some((told) => told.hint === hint)
    if (!isTold) {
      this.diagnostics.push({
        severity: 'blocked',
        code: 'tensor-unavailable',
        message,
        ...(hint === undefined ? {} : { hint }),
        origin: [],
      })
    }
    return lazyTensor(dtypeOf(proto.dataType) ?? 'uint8', proto.dims, () => Promise.reject(error))
  }
}

async function spellOut(values: Tensor, indices: Tensor, dims: readonly number[]): Promise<TensorData> {
  const elements = (await values.load()) as Float32Array
  const at = Array.from((await indices.load()) as BigInt64Array, Number)
  const dense = new (elements.constructor as Float32ArrayConstructor)(elementCount(dims))
  const width = indices.shape[1] ?? 0
  for (let i = 0; i < elements.length; i++) {
    const position = indices.shape.length < 2 ? (at[i] ?? 0) : linearIndex(at, i * width, dims)
    if (!(position >= 0 && position < dense.length))
      throw new MalformedFileError('A sparse tensor has an index outside its dims')
    dense[position] = elements[i] as number
  }
  return dense
}

function linearIndex(indices: readonly number[], from: number, dims: readonly number[]): number {
  return dims.reduce((position, size, k) => position * size + (indices[from + k] ?? 0), 0)
}
