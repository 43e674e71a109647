import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One real model with its framework's own answers: an entry of a `manifest.json`. Paths are relative to the manifest. */
export interface FixtureCase {
  readonly id: string
  readonly model: string
  readonly framework: { readonly name: string; readonly version: string }
  /** Rows (CSV) or tensors (.npz). */
  readonly input?: string
  readonly expected?: string
  /** The same for a model whose tabular answers are in `expected`. */
  readonly inputTensors?: string
  readonly expectedTensors?: string
  /** Answers that the framework also has, but a converted model need not. */
  readonly extra?: string
  /** Formats that it must become. */
  readonly targets: readonly string[]
  /** Formats that it can not become, and why. */
  readonly blocked?: Readonly<Record<string, string>>
  readonly rtol?: number
  readonly atol?: number
}

/** The cases of one manifest. */
export interface FixtureSet {
  /** The manifest's folder below src/formats, with forward slashes: `sklearn/fixtures`. */
  readonly name: string
  readonly folder: string
  /** The format that the models are in. */
  readonly format: string
  readonly cases: readonly FixtureCase[]
}

const FORMATS = fileURLToPath(new URL('../formats/', import.meta.url))

/** Every manifest below a format's fixtures. */
export function fixtureSets(): FixtureSet[] {
  return readdirSync(FORMATS)
    .filter((format) => existsSync(join(FORMATS, format, 'fixtures')))
    .flatMap((format) => {
      const manifests = readdirSync(join(FORMATS, format, 'fixtures'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.split(sep).at(-1) === 'manifest.json')
        .map((file) => join(FORMATS, format, 'fixtures', file))
      return manifests.map((manifest) => fixtureSet(format, manifest))
    })
}

function fixtureSet(format: string, manifest: string): FixtureSet {
  const folder = dirname(manifest)
  const { cases } = JSON.parse(readFileSync(manifest, 'utf8')) as { cases: FixtureCase[] }
  return { name: relative(FORMATS, folder).split(sep).join('/'), folder, format, cases }
}

/** The cases of a set whose ids begin with one of the prefixes. */
export function casesOf(name: string, prefixes: readonly string[] = ['']): { set: FixtureSet; cases: FixtureCase[] } {
  const set = fixtureSets().find((found) => found.name === name)
  if (!set) throw new Error(`there is no manifest in ${name}`)
  return { set, cases: set.cases.filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix))) }
}
