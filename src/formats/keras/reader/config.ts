import { MalformedFileError } from '../../../core/errors.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'

export type JsonObject = { [key: string]: Json }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Typed access to one `config` of Keras. Each getter throws MalformedFileError, naming the layer, when the entry has
 * another type; null and absent entries give the fallback.
 */
export class Config {
  readonly entries: Readonly<JsonObject>
  readonly #where: string

  constructor(entries: Readonly<JsonObject>, where: string) {
    this.entries = entries
    this.#where = where
  }

  /** The same with other entries. */
  with(entries: Readonly<JsonObject>): Config {
    return new Config({ ...this.entries, ...entries }, this.#where)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** The entry as it is; undefined when it is absent or null. */
  get(key: string): Json | undefined {
    return Object.hasOwn(this.entries, key) ? (this.entries[key] ?? undefined) : undefined
  }

  #typed<T>(key: string, fallback: T | undefined, what: string, read: (value: Json) => T | undefined): T {
    const value = this.get(key)
    const result = value === undefined ? fallback : read(value)
    if (result === undefined) {
      const problem = value === undefined ? 'is missing' : `is not ${what}`
      throw new MalformedFileError(`The ${key} of ${this.#where} ${problem}`)
    }
    return result
  }

  text(key: string, fallback?: string): string {
    return this.#typed(key, fallback, 'a string', (v) => (typeof v === 'string' ? v : undefined))
  }

  number(key: string, fallback?: number): number {
    return this.#typed(key, fallback, 'a number', (v) => (typeof v === 'number' ? v : undefined))
  }

  optionalNumber(key: string): number | undefined {
    return this.has(key) ? this.number(key) : undefined
  }

  flag(key: string, fallback: boolean): boolean {
    return this.#typed(key, fallback, 'a boolean', (v) =>
      typeof v === 'boolean' ? v : typeof v === 'number' ? v !== 0 : undefined,
    )
  }

  list(key: string, fallback?: Json[]): Json[] {
    return this.#typed(key, fallback, 'a list', (v) => (Array.isArray(v) ? v : undefined))
  }

  object(key: string, fallback?: JsonObject): JsonObject {
    return this.#typed(key, fallback, 'an object', (v) => (isObject(v) ? v : undefined))
  }

  /** One number for every axis, or a list of `count` of them. */
  numbers(key: string, count: number, fallback?: number): number[] {
    const value = this.get(key) ?? fallback
    const list = Array.isArray(value) ? value : new Array<Json | undefined>(count).fill(value)
    if (list.length === count && list.every((v) => typeof v === 'number')) return list as number[]
    throw new MalformedFileError(`The ${key} of ${this.#where} is not ${count} numbers`)
  }
}
