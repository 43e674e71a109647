import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { countFailures, damagedCopies } from '../encodings/testing/damage.ts'
import { fixtureSets } from './fixture-case.ts'
import { openBytes } from './open-model.ts'

/** Copies of each file. */
const COPIES = 90

/** Files of each kind: the smallest, a middling one and a large one. */
const PER_KIND = 3

/** Larger files take too long to read ninety times. */
const MAX_BYTES = 200_000

const DETECTION = fileURLToPath(new URL('../formats/detect-fixtures/', import.meta.url))

/** A few real models of every kind: format, framework version and file extension. */
function samples(): { name: string; path: string }[] {
  const kinds = new Map<string, string[]>()
  for (const set of fixtureSets()) {
    for (const { id, model } of set.cases) {
      const kind = `${set.name} ${id.split('/')[0]} ${extname(model)}`
      kinds.set(kind, [...(kinds.get(kind) ?? []), join(set.folder, model)])
    }
  }
  return [...kinds].flatMap(([kind, paths]) => {
    const bySize = [...new Set(paths)]
      .map((path) => ({ path, size: statSync(path).size }))
      .sort((a, b) => a.size - b.size)
    const usable = bySize.filter(({ size }) => size <= MAX_BYTES)
    const places = Array.from({ length: PER_KIND }, (_, i) => Math.floor((i * (usable.length - 1)) / (PER_KIND - 1)))
    return [...new Set(places)].flatMap((at) => {
      const path = usable[at]?.path
      return path === undefined ? [] : [{ name: `${kind}: ${basename(path)}`, path }]
    })
  })
}

/** Opens and lowers; whatever happens must be an answer or a PortolanError. */
async function openAndLower(bytes: Uint8Array): Promise<void> {
  const { source } = await openBytes(bytes, 'dropped-file')
  await source.lower()
  await source.close?.()
}

describe('damaged models are read, or refused with an error of our own', () => {
  it.each(samples())('$name', async ({ path }) => {
    const bytes = new Uint8Array(readFileSync(path))
    const failures = await countFailures(damagedCopies(bytes, COPIES), openAndLower)
    // A third of the copies are cut off.
    expect(failures).toBeGreaterThan(COPIES / 6)
  })
})

describe('damaged files of formats that are only recognised', () => {
  const files = readdirSync(DETECTION, { recursive: true, encoding: 'utf8' }).filter((file) => {
    const found = statSync(join(DETECTION, file))
    return found.isFile() && found.size <= MAX_BYTES && !/\.(py|R|md)$|manifest\.json$/.test(file)
  })
  it.each(files)('%s', async (file) => {
    const bytes = new Uint8Array(readFileSync(join(DETECTION, file)))
    const copies = [...damagedCopies(bytes, COPIES / 3)]
    expect(await countFailures(copies, openAndLower)).toBeLessThanOrEqual(copies.length)
  })
})
