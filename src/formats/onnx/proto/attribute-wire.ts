import { MalformedFileError } from '../../../core/errors.ts'
import type { RawMessage } from '../../../encodings/protobuf/message-spec.ts'
import type { AttributeProto, AttributeType } from './onnx-types.ts'

type ValueField =
  | 'f'
  | 'i'
  | 's'
  | 't'
  | 'g'
  | 'sparseTensor'
  | 'tp'
  | 'floats'
  | 'ints'
  | 'strings'
  | 'tensors'
  | 'graphs'
  | 'sparseTensors'
  | 'typeProtos'

/** AttributeProto.AttributeType: number on the wire, and the field that holds the value. */
const TYPES: Readonly<Record<Exclude<AttributeType, 'UNDEFINED'>, readonly [wire: number, field: ValueField]>> = {
  FLOAT: [1, 'f'],
  INT: [2, 'i'],
  STRING: [3, 's'],
  TENSOR: [4, 't'],
  GRAPH: [5, 'g'],
  SPARSE_TENSOR: [11, 'sparseTensor'],
  TYPE_PROTO: [13, 'tp'],
  FLOATS: [6, 'floats'],
  INTS: [7, 'ints'],
  STRINGS: [8, 'strings'],
  TENSORS: [9, 'tensors'],
  GRAPHS: [10, 'graphs'],
  SPARSE_TENSORS: [12, 'sparseTensors'],
  TYPE_PROTOS: [14, 'typeProtos'],
}

const NAMES = Object.keys(TYPES) as Exclude<AttributeType, 'UNDEFINED'>[]
const BY_NUMBER = new Map(NAMES.map((name) => [TYPES[name][0], name]))

/** What an absent scalar means for writers that leave zeros out (proto3). */
const SCALAR_DEFAULT: Partial<Record<ValueField, unknown>> = { f: 0, i: 0n, s: '' }

/**
 * The union from the wire's fields. Without a type (IR version 1) it is the one whose field is there. Throws
 * MalformedFileError for an unknown type or a missing value.
 */
export function attributeFromWire(raw: RawMessage): AttributeProto {
  const { name, docString, refAttrName } = raw as { name: string; docString: string; refAttrName: string }
  const number = raw['type'] as number
  const type = number === 0 ? inferType(raw) : BY_NUMBER.get(number)
  if (refAttrName !== '') {
    return { name, docString, type: 'REF', refAttrName, of: number === 0 ? 'UNDEFINED' : (type ?? 'UNDEFINED') }
  }
  if (type === undefined) {
    throw new MalformedFileError(`The ONNX attribute ${JSON.stringify(name)} has the unknown type ${number}`)
  }
  const field = TYPES[type][1]
  const value = raw[field] ?? SCALAR_DEFAULT[field]
  if (value === undefined) {
    throw new MalformedFileError(`The ONNX attribute ${JSON.stringify(name)} is a ${type} but has no value`)
  }
  return { name, docString, type, [field]: value } as unknown as AttributeProto
}

function inferType(raw: RawMessage): Exclude<AttributeType, 'UNDEFINED'> {
  const present = NAMES.find((type) => {
    const value = raw[TYPES[type][1]]
    return value !== undefined && !(hasLength(value) && value.length === 0)
  })
  return present ?? 'INTS' // an empty list: only lists vanish from the wire
}

function hasLength(value: unknown): value is { length: number } {
  return typeof value === 'object' && value !== null && 'length' in value
}

export function attributeToWire(attribute: AttributeProto): RawMessage {
  const { name, docString } = attribute
  if (attribute.type === 'REF') {
    const type = attribute.of === 'UNDEFINED' ? 0 : TYPES[attribute.of][0]
    return { name, docString, refAttrName: attribute.refAttrName, type }
  }
  const [type, field] = TYPES[attribute.type]
  return { name, docString, type, [field]: (attribute as unknown as RawMessage)[field] }
}
