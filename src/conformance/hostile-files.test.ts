import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { joinParts } from '../core/bytes/parts.ts'
import { PortolanError } from '../core/errors.ts'
import { lowerModel, writeModel } from '../core/pipeline.ts'
import { writeZip } from '../encodings/zip/write-zip.ts'
import { formats } from '../formats/registry.ts'
import { openBytes } from './open-model.ts'

/** Nothing hostile may keep a person waiting. */
const PATIENCE = 10_000

const HOSTILE_PICKLES = fileURLToPath(new URL('../formats/sklearn/fixtures/hostile/', import.meta.url))

const utf8 = (text: string) => new TextEncoder().encode(text)

/** The error of opening, lowering and writing; undefined when all went well. Anything but a PortolanError is rethrown. */
async function errorOf(bytes: Uint8Array, name: string): Promise<PortolanError | undefined> {
  try {
    const { source } = await openBytes(bytes, name)
    const lowered = await lowerModel(source)
    for (const target of ['onnx', 'pmml']) await writeModel(formats, lowered, target)
    return undefined
  } catch (error) {
    if (error instanceof PortolanError) return error
    throw error
  }
}

async function expectRefusal(bytes: Uint8Array, name: string): Promise<void> {
  const started = performance.now()
  const error = await errorOf(bytes, name)
  expect(error).toBeInstanceOf(PortolanError)
  expect(error?.code).not.toBe('internal')
  expect(error?.message).not.toBe('')
  expect(error?.hint).toBeTruthy()
  expect(performance.now() - started).toBeLessThan(PATIENCE)
}

const pmmlAround = (inside: string) =>
  `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${inside}</DataDictionary></PMML>`

/** Ten entities, each of ten of the one before: a billion laughs. */
function billionLaughs(): string {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`)
  return `<?xml version="1.0"?><!DOCTYPE PMML [<!ENTITY l0 "lol">${entities.join('')}]>${pmmlAround('&l9;')}`
}

const externalEntity = `<?xml version="1.0"?><!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/passwd">]>${pmmlAround('&x;')}`

/** A message inside a message …: field 7 is ModelProto's graph, 1 a node, 5 its attribute, 6 the attribute's graph. */
function nestedProtobuf(depth: number): Uint8Array {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
  const headers: number[][] = []
  let size = 0
  const wrap = (field: number) => {
    const header = [(field << 3) | 2, ...varint(size)]
    headers.push(header)
    size += header.length
  }
  for (let i = 0; i < depth; i++) for (const field of [6, 5, 1]) wrap(field)
  wrap(7)
  return Uint8Array.from([0x08, 10, ...headers.reverse().flat()])
}

async function kerasArchive(config: Uint8Array): Promise<Uint8Array> {
  const members = [
    { name: 'metadata.json', data: utf8('{"keras_version": "3.15.1"}') },
    { name: 'config.json', data: config, compress: true },
    { name: 'model.weights.h5', data: new Uint8Array(256 * 2 ** 20), compress: true },
  ]
  return joinParts(await writeZip(members))
}

describe('hostile files are refused with a hint, soon', () => {
  it('billion laughs', () => expectRefusal(utf8(billionLaughs()), 'model.pmml'))

  it('an external entity', () => expectRefusal(utf8(externalEntity), 'model.pmml'))

  it('XML nested a hundred thousand times', () =>
    expectRefusal(utf8(pmmlAround('<Extension>'.repeat(100_000) + '</Extension>'.repeat(100_000))), 'model.pmml'))

  it('messages in messages', () => expectRefusal(nestedProtobuf(20_000), 'model.onnx'))

  it('a zip bomb of a quarter of a gigabyte', { timeout: 60_000 }, async () =>
    expectRefusal(await kerasArchive(utf8('{"class_name": "Sequential", "config": {"layers": []}}')), 'model.keras'),
  )

  it('a configuration nested a hundred thousand times', { timeout: 60_000 }, async () =>
    expectRefusal(await kerasArchive(utf8(`${'{"config":'.repeat(100_000)}1${'}'.repeat(100_000)}`)), 'model.keras'),
  )
})

describe('hostile pickles', () => {
  const files = readdirSync(HOSTILE_PICKLES).filter((name) => !name.endsWith('.md'))

  /** Legal estimators with something beside them: shown, with a safety report where they need one. */
  const READABLE = new Set(['hidden-in-estimator.pkl', 'trailing-garbage.pkl'])

  /** Recognised estimators that can not become anything; lowering says why. */
  const BLOCKED = new Set(['unfitted.pkl', 'mutated.pkl', 'unknown-class.pkl'])

  it.each(files.filter((name) => !READABLE.has(name) && !BLOCKED.has(name)))('%s is refused', (name) =>
    expectRefusal(new Uint8Array(readFileSync(join(HOSTILE_PICKLES, name))), name),
  )

  it.each([...BLOCKED])('%s is refused or blocked, with a hint', async (name) => {
    const bytes = new Uint8Array(readFileSync(join(HOSTILE_PICKLES, name)))
    try {
      const { source } = await openBytes(bytes, name)
      const { model, diagnostics } = await lowerModel(source)
      expect(model).toBeUndefined()
      expect(diagnostics.filter((d) => d.severity === 'blocked' && d.hint)).not.toEqual([])
    } catch (error) {
      expect(error).toBeInstanceOf(PortolanError)
      expect((error as PortolanError).hint).toBeTruthy()
    }
  })

  it('a call hidden in an estimator is reported, not made', async () => {
    const bytes = new Uint8Array(readFileSync(join(HOSTILE_PICKLES, 'hidden-in-estimator.pkl')))
    const { source } = await openBytes(bytes, 'model.pkl')
    expect(source.safety?.verdict).toBe('dangerous')
    const called = source.safety?.entries.filter((entry) => entry.called && entry.classification === 'dangerous')
    expect(called?.map((entry) => entry.name)).toEqual(['posix.system'])
  })
})
