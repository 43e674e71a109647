import type { Dim, ValueType } from '../../../core/ir/types.ts'
import { dtypeOf } from '../ops/data-types.ts'
import type { TypeProto } from '../proto/onnx-types.ts'

const UNKNOWN: ValueType = { dtype: null, shape: null }

/** The type that a file states for a value. A negative size, which some exporters write, is an unknown one. */
export function valueTypeOf(type: TypeProto | undefined): ValueType {
  switch (type?.kind) {
    case 'tensor':
    case 'sparseTensor': {
      const shape = type.shape?.dim.map((dim): Dim => {
        if (typeof dim.value === 'number') return dim.value < 0 ? null : dim.value
        return dim.value || null
      })
      const tensor = { dtype: dtypeOf(type.elemType), shape: shape ?? null }
      return type.kind === 'tensor' ? tensor : { ...tensor, container: 'sparse' }
    }
    case 'sequence':
    case 'optional':
      return { ...valueTypeOf(type.elemType), container: type.kind }
    case 'map':
      return { ...valueTypeOf(type.valueType), container: 'map' }
    default:
      return UNKNOWN
  }
}
