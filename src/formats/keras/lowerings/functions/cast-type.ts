import type { DType } from '../../../../core/ir/dtype.ts'
import { isObject } from '../../reader/config.ts'
import type { Argument } from '../../reader/keras-layer.ts'
import type { KerasTensor } from '../context.ts'
import type { FunctionCall } from './function-call.ts'

const CAST_TYPES: ReadonlySet<string> = new Set<DType>([
  ...(['float32', 'float64', 'int8', 'int16', 'int32', 'int64', 'uint8', 'bool'] as const),
])

/** An element type that a function is told to give; the half precisions are computed in float32. */
export function castType(call: FunctionCall, value: Argument<KerasTensor> | undefined): DType {
  const name = isObject(value) && isObject(value['config']) ? value['config']['name'] : value
  const to = name === 'float16' || name === 'bfloat16' ? 'float32' : String(name)
  return CAST_TYPES.has(to) ? (to as DType) : call.ctx.block(`it casts to ${to}`)
}
