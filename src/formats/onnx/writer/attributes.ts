import { PortolanError } from '../../../core/errors.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import { type Attributes, type Graph, isGraph } from '../../../core/ir/graph.ts'
import { isTensor } from '../../../core/ir/tensor.ts'
import { DATA_TYPE_OF } from '../ops/data-types.ts'
import type { AttributeProto, GraphProto } from '../proto/onnx-types.ts'
import { tensorProto } from './tensor-proto.ts'

/** Names of attributes of ai.onnx and ai.onnx.ml that are FLOAT (all versions; onnx.defs of ONNX 1.23). */
const FLOAT_NAMES: ReadonlySet<string> = new Set(
  `alpha beta bias clip cubic_coeff_a default_float epsilon extrapolation_value gamma height_scale high lambd low max mean min
   momentum ratio replaced_value_float scale softcap spatial_scale threshold value_float width_scale`.split(/\s+/),
)

/** Names of attributes that are FLOATS. */
const FLOATS_NAMES: ReadonlySet<string> = new Set(
  `activation_alpha activation_beta base_values class_weights coefficients imputed_value_floats intercepts kernel_params keys_floats
   nodes_hitrates nodes_values offset prob_a prob_b rho scale scales support_vectors target_weights value_floats values_floats
   weights`.split(/\s+/),
)

/** Names of attributes whose value is a TensorProto.DataType; the hub writes its own name of the type. */
const DATA_TYPE_NAMES: ReadonlySet<string> = new Set(['to', 'dtype', 'output_dtype', 'output_datatype'])

const INT64_MAX = (1n << 63n) - 1n
const INT64_MIN = -(1n << 63n)

/** A number as int64; what a double cannot hold exactly (INT64_MAX as "to the end") is clamped. */
function int64Of(value: number | bigint): bigint {
  const whole = BigInt(typeof value === 'number' ? Math.trunc(value) : value)
  return whole > INT64_MAX ? INT64_MAX : whole < INT64_MIN ? INT64_MIN : whole
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value)
}

async function attributeProto(
  name: string,
  value: unknown,
  encodeGraph: (graph: Graph) => Promise<GraphProto>,
): Promise<AttributeProto> {
  const base = { name, docString: '' }
  if (typeof value === 'boolean') return { ...base, type: 'INT', i: value ? 1n : 0n }
  if (typeof value === 'bigint') return { ...base, type: 'INT', i: int64Of(value) }
  if (typeof value === 'number') {
    if (FLOAT_NAMES.has(name) || !Number.isInteger(value)) return { ...base, type: 'FLOAT', f: value }
    return { ...base, type: 'INT', i: int64Of(value) }
  }
  if (typeof value === 'string') {
    const code = DATA_TYPE_NAMES.has(name) ? DATA_TYPE_OF[value as DType] : undefined
    return code === undefined ? { ...base, type: 'STRING', s: value } : { ...base, type: 'INT', i: BigInt(code) }
  }
  if (isGraph(value)) return { ...base, type: 'GRAPH', g: await encodeGraph(value) }
  if (isTensor(value)) return { ...base, type: 'TENSOR', t: await tensorProto('', value) }
  if (isArrayLike(value)) {
    if (typeof value[0] === 'string' || (value.length === 0 && /string|activations/.test(name))) {
      return { ...base, type: 'STRINGS', strings: Array.from(value, String) }
    }
    if (FLOATS_NAMES.has(name) || value instanceof Float32Array || value instanceof Float64Array) {
      return { ...base, type: 'FLOATS', floats: Float32Array.from(value as ArrayLike<number>) }
    }
    return { ...base, type: 'INTS', ints: BigInt64Array.from(Array.from(value as ArrayLike<number | bigint>, int64Of)) }
  }
  throw new PortolanError('internal', `the attribute ${name} has a value that ONNX has no type for`)
}

/** The attributes of a node; undefined ones are left out. */
export async function attributeProtos(
  attributes: Attributes,
  encodeGraph: (graph: Graph) => Promise<GraphProto>,
): Promise<AttributeProto[]> {
  const protos: AttributeProto[] = []
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) protos.push(await attributeProto(name, value, encodeGraph))
  }
  return protos
}
