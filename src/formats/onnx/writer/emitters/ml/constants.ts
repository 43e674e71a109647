import { PortolanError } from '../../../../../core/errors.ts'
import type { GraphBuilder, ValueName } from '../../../../../core/ir/builder.ts'
import type { DType } from '../../../../../core/ir/dtype.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import { strings, type Tensor, tensorOf } from '../../../../../core/ir/tensor.ts'
import { keyFor } from '../../../../../core/ops/ml/table.ts'

/** Categories as a tensor of this element type, of the shape [values.length] or the one given. */
export function categories(
  values: readonly Category[],
  dtype: DType,
  shape: readonly number[] = [values.length],
): Tensor {
  if (dtype === 'string') return strings(values.map(String), shape)
  const numbers = values.map((value) => Number(keyFor(value, false)))
  switch (dtype) {
    case 'float64':
      return tensorOf(dtype, shape, Float64Array.from(numbers))
    case 'float32':
      return tensorOf(dtype, shape, Float32Array.from(numbers))
    case 'int64':
      return tensorOf(dtype, shape, BigInt64Array.from(numbers, BigInt))
    case 'int32':
      return tensorOf(dtype, shape, Int32Array.from(numbers))
    case 'bool':
    case 'uint8':
      return tensorOf(dtype, shape, Uint8Array.from(numbers))
    default:
      throw new PortolanError('internal', `a table has no columns of type ${dtype}`)
  }
}

/** A constant row [1, values.length]. */
export const row = (g: GraphBuilder, values: readonly Category[], dtype: DType): ValueName =>
  g.constant(categories(values, dtype, [1, values.length]))

/** A constant [1, 1] of float64. */
export const scalar = (g: GraphBuilder, value: number): ValueName => g.float64([value], [1, 1])
