import type { RawMessage } from '../../../encodings/protobuf/message-spec.ts'
import type { DimensionProto, TypeProto } from './onnx-types.ts'

const KINDS = ['tensor', 'sequence', 'map', 'opaque', 'sparseTensor', 'optional'] as const

/** TypeProto's oneof as a union. */
export function typeFromWire(raw: RawMessage): TypeProto {
  const denotation = raw['denotation'] as string
  const kind = KINDS.find((candidate) => raw[candidate] !== undefined)
  if (kind === undefined) return { denotation, kind: 'unknown' }
  return { denotation, kind, ...(raw[kind] as RawMessage) } as TypeProto
}

export function typeToWire(type: TypeProto): RawMessage {
  const { denotation, kind, ...content } = type
  return kind === 'unknown' ? { denotation } : { denotation, [kind]: content }
}

/** Dimension's oneof as one value. */
export function dimensionFromWire(raw: RawMessage): DimensionProto {
  const { dimValue, dimParam, denotation } = raw as {
    dimValue: number | undefined
    dimParam: string | undefined
    denotation: string
  }
  return { value: dimValue ?? dimParam, denotation }
}

export function dimensionToWire({ value, denotation }: DimensionProto): RawMessage {
  if (value === undefined) return { denotation }
  return typeof value === 'number' ? { dimValue: value, denotation } : { dimParam: value, denotation }
}
