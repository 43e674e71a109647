import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ByteSource, bufferSource } from '../../../core/bytes/byte-source.ts'
import { joinParts } from '../../../core/bytes/parts.ts'
import { MalformedFileError, PortolanError, UnsupportedError } from '../../../core/errors.ts'
import { countFailures, damagedCopies } from '../../../encodings/testing/damage.ts'
import { decodeModelProto, encodeModelProto, readModelProto } from './onnx-codec.ts'
import type { AttributeProto, ModelProto, TensorProto } from './onnx-types.ts'
import { tensorFromProto } from './tensor-data.ts'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const EVERY_MESSAGE = new Uint8Array(readFileSync(folder('fixtures/every-message.onnx')))

function modelsUnder(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => `${path}/${name}`)
}

const everything = decodeModelProto(EVERY_MESSAGE)
const attribute = (name: string) => everything.graph?.node[0]?.attribute.find((a) => a.name === name) as AttributeProto
const tensor = (name: string) => everything.graph?.initializer.find((t) => t.name === name) as TensorProto

describe('decodeModelProto', () => {
  it('reads the model and the graph', () => {
    expect(everything).toMatchObject({
      irVersion: 10,
      producerName: 'make_messages',
      modelVersion: 2n ** 53n + 1n,
      opsetImport: [
        { domain: '', version: 21 },
        { domain: 'ai.onnx.ml', version: 5 },
      ],
      metadataProps: [{ key: 'classes', value: 'a,b' }],
    })
    expect(everything.graph?.node[0]).toMatchObject({
      input: ['x', '', 'z'],
      output: ['y'],
      opType: 'Everything',
      domain: 'test',
      overload: 'v2',
    })
    expect(everything.graph?.valueInfo).toEqual([
      { name: 'untyped', type: undefined, docString: '', metadataProps: [] },
    ])
    expect(everything.functions[0]).toMatchObject({ name: 'fn', attribute: ['alpha'], input: ['a'], output: ['b'] })
  })

  it('keeps attributes as a union by their type', () => {
    expect(attribute('f')).toEqual({ name: 'f', docString: '', type: 'FLOAT', f: 0 })
    expect(attribute('i')).toMatchObject({ type: 'INT', i: -(2n ** 63n) })
    expect(attribute('s')).toMatchObject({ type: 'STRING', s: '\udcff text' })
    expect(attribute('floats')).toMatchObject({ type: 'FLOATS', floats: Float32Array.of(1, -0, Infinity) })
    expect(attribute('ints')).toMatchObject({ type: 'INTS', ints: BigInt64Array.of(3n, -1n, 2n ** 63n - 1n) })
    expect(attribute('strings')).toMatchObject({ type: 'STRINGS', strings: ['BRANCH_LEQ', 'LEAF', ''] })
    expect(attribute('empty')).toMatchObject({ type: 'INTS', ints: new BigInt64Array() })
    expect(attribute('ref')).toEqual({ name: 'ref', docString: '', type: 'REF', refAttrName: 'outer', of: 'FLOAT' })
    expect(attribute('g')).toMatchObject({ type: 'GRAPH', g: { name: 'then', node: [{ opType: 'Identity' }] } })
  })

  it('keeps types as a union by their kind', () => {
    expect(everything.graph?.input.map((input) => input.type?.kind)).toEqual([
      'tensor',
      'tensor',
      'sequence',
      'map',
      'optional',
      'sparseTensor',
      'opaque',
    ])
    expect(everything.graph?.input[0]?.type).toEqual({
      denotation: 'IMAGE',
      kind: 'tensor',
      elemType: 1,
      shape: {
        dim: [
          { value: 0, denotation: '' },
          { value: 'batch', denotation: '' },
          { value: undefined, denotation: 'DATA_CHANNEL' },
        ],
      },
    })
    expect(everything.graph?.input[1]?.type).toMatchObject({ kind: 'tensor', shape: undefined })
  })

  it('infers the type of an attribute that says none, as files of IR version 1 do', () => {
    const withoutType = Uint8Array.of(0x3a, 8, 0x0a, 6, 0x2a, 4, 0x0a, 0, 0x40, 9)
    expect(decodeModelProto(withoutType).graph?.node[0]?.attribute).toEqual([
      { name: '', docString: '', type: 'INTS', ints: BigInt64Array.of(9n) },
    ])
  })

  it('names an attribute without a value', () => {
    const tensorWithoutValue = Uint8Array.of(0x3a, 10, 0x0a, 8, 0x2a, 6, 0x0a, 1, 0x74, 0xa0, 1, 4)
    expect(() => decodeModelProto(tensorWithoutValue)).toThrow(/attribute "t" is a TENSOR but has no value/)
  })
})

describe('encodeModelProto', () => {
  it('gives back the bytes that the official library wrote', async () => {
    expect(Buffer.compare(await joinParts(encodeModelProto(everything)), EVERY_MESSAGE)).toBe(0)
  })

  it('refers to large weights as the slices of the file that they are', async () => {
    const source = bufferSource(EVERY_MESSAGE)
    const model = await readModelProto(source)
    const large = model.graph?.initializer.find((t) => t.name === 'large')?.rawData as ByteSource
    expect(large.size).toBe(32 * 1024 * 4)
    const parts = encodeModelProto(model)
    expect(parts.some((part) => part === large)).toBe(true)
    expect(Buffer.compare(await joinParts(parts), EVERY_MESSAGE)).toBe(0)
  })
})

describe('every model of the fixtures', () => {
  const files = modelsUnder(folder('..')).filter((file) => file.includes('/fixtures/'))
  it.each(files.map((file) => [file.slice(folder('..').length), file]))(
    '%s survives reading and writing',
    async (_, file) => {
      const bytes = new Uint8Array(readFileSync(file))
      const model = decodeModelProto(bytes)
      const written = await joinParts(encodeModelProto(model))
      expect(decodeModelProto(written)).toEqual(model)
      const lazy = await joinParts(encodeModelProto(await readModelProto(bufferSource(bytes))))
      expect(Buffer.compare(lazy, written)).toBe(0)
    },
  )
})

describe('tensorFromProto', () => {
  it.each([
    ['raw', 'float32', Float32Array.of(1.5, -2.5)],
    ['floats', 'float32', Float32Array.of(0.5, 0.25)],
    ['doubles', 'float64', Float64Array.of(0.1)],
    ['int64s', 'int64', BigInt64Array.of(-1n, 2n ** 63n - 1n, -(2n ** 63n))],
    ['int8s', 'int8', Int8Array.of(-128, 127)],
    ['bools', 'bool', Uint8Array.of(1, 0)],
    ['halves', 'float16', Uint16Array.of(0x3c00)],
    ['uint32s', 'uint32', Uint32Array.of(2 ** 32 - 1)],
    ['uint64s', 'uint64', BigUint64Array.of(2n ** 64n - 1n)],
    ['strings', 'string', ['ñ', '\udcff\0']],
    ['scalar', 'int32', Int32Array.of(7)],
  ])('reads %s', async (name, dtype, data) => {
    const result = tensorFromProto(tensor(name))
    expect(result.dtype).toBe(dtype)
    expect(await result.load()).toEqual(data)
  })

  it('reads elements that stayed in the file', async () => {
    const model = await readModelProto(bufferSource(EVERY_MESSAGE))
    const large = tensorFromProto(model.graph?.initializer.find((t) => t.name === 'large') as TensorProto)
    expect(large.data).toBeUndefined()
    expect(((await large.load()) as Float32Array)[100]).toBe(3)
    const packedInts = { ...tensor('int8s'), dims: [3], int32Data: bufferSource(Uint8Array.of(1, 0x80, 1, 2)) }
    expect(await tensorFromProto(packedInts).load()).toEqual(Int8Array.of(1, -128, 2))
  })

  it('finds external data', async () => {
    const weights = bufferSource(new Uint8Array(Float32Array.of(9, 9, 1, 2, 3, 4).buffer))
    const external = tensorFromProto(tensor('external'), (location) =>
      location === 'weights.bin' ? weights : undefined,
    )
    expect(await external.load()).toEqual(Float32Array.of(1, 2, 3, 4))
    expect(() => tensorFromProto(tensor('external'))).toThrow(/in the file "weights.bin", which is not here/)
  })

  it('refuses what it can not hold', () => {
    expect(() => tensorFromProto({ ...tensor('raw'), dims: [3] })).toThrow(/has 2 elements, but its dims make 3/)
    expect(() => tensorFromProto({ ...tensor('raw'), dims: [-2] })).toThrow(MalformedFileError)
    expect(() => tensorFromProto({ ...tensor('raw'), dataType: 17 })).toThrow(/of type float8e4m3fn/)
    expect(() => tensorFromProto(tensor('segment'))).toThrow(UnsupportedError)
    expect(() => tensorFromProto({ ...tensor('external'), externalData: [] })).toThrow(PortolanError)
  })
})

it('survives damage with a Portolan error or none', async () => {
  const small = await joinParts(
    encodeModelProto({
      ...everything,
      graph: { ...everything.graph, initializer: everything.graph?.initializer.slice(0, 12) } as ModelProto['graph'],
    }),
  )
  const failures = await countFailures(damagedCopies(small, 1500), async (copy) => {
    const model = await readModelProto(bufferSource(copy))
    for (const proto of model.graph?.initializer ?? []) await tensorFromProto(proto, () => bufferSource(copy)).load()
  })
  expect(failures).toBeGreaterThan(500)
})
