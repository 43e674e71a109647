import type { PyValue } from './values.ts'

type IndexKey = string | number | bigint | null | object

/** Keys that need a spelling of their own are prefixed with this; a str that starts with it is prefixed too. */
const SPELLED = '\u0001'

/** Longer bytes, strings and tuples as (parts of) keys go by identity: spelling out shared ones could take forever. */
const MAX_SPELLED = 1024

/**
 * The key under which Python would find a value: `1`, `1.0` and `True` are one key; tuples of plain values and bytes
 * compare by content, everything else by identity. Nested tuples go by identity too: shared ones could nest so that
 * spelling them out takes exponential time.
 */
function indexKey(key: PyValue): IndexKey {
  switch (typeof key) {
    case 'string':
      return key.startsWith(SPELLED) ? `${SPELLED}s${key}` : key
    case 'boolean':
      return Number(key)
    case 'number':
    case 'bigint':
      return key
  }
  if (key === null) return null
  if (key instanceof Uint8Array) return key.length > MAX_SPELLED ? key : `${SPELLED}b${key.join()}`
  if (key.kind === 'float') return key.value
  if (key.kind === 'tuple' && key.items.length <= MAX_SPELLED) {
    const parts: string[] = []
    for (const item of key.items) {
      const part = indexKey(item)
      if (typeof part === 'object' && part !== null) return key
      if (typeof part === 'string' && part.length > MAX_SPELLED) return key
      parts.push(typeof part === 'string' ? JSON.stringify(part) : String(part))
    }
    return `${SPELLED}t${parts.join()}`
  }
  return key
}

/** A Python dict: keys of any type, in insertion order; a repeated key keeps its place and takes the later value. */
export class PyDict {
  readonly kind = 'dict'
  #keys: PyValue[] = []
  #values: PyValue[] = []
  /** Position of each key; made when the dict is first read, so that filling it stays cheap. */
  #index: Map<IndexKey, number> | undefined

  static from(entries: Iterable<readonly [PyValue, PyValue]>): PyDict {
    const dict = new PyDict()
    for (const [key, value] of entries) dict.set(key, value)
    return dict
  }

  set(key: PyValue, value: PyValue): void {
    if (this.#index !== undefined) {
      const position = this.#index.get(indexKey(key))
      if (position !== undefined) {
        this.#values[position] = value
        return
      }
      this.#index.set(indexKey(key), this.#keys.length)
    }
    this.#keys.push(key)
    this.#values.push(value)
  }

  /** The value of a key, undefined when it is missing. */
  get(key: PyValue): PyValue | undefined {
    const position = this.#positions().get(indexKey(key))
    return position === undefined ? undefined : this.#values[position]
  }

  has(key: PyValue): boolean {
    return this.#positions().has(indexKey(key))
  }

  get size(): number {
    return this.#positions().size
  }

  keys(): readonly PyValue[] {
    this.#positions()
    return this.#keys
  }

  values(): readonly PyValue[] {
    this.#positions()
    return this.#values
  }

  *entries(): Generator<[PyValue, PyValue]> {
    this.#positions()
    for (let i = 0; i < this.#keys.length; i++) yield [this.#keys[i] as PyValue, this.#values[i] as PyValue]
  }

  #positions(): Map<IndexKey, number> {
    if (this.#index !== undefined) return this.#index
    const keys = this.#keys
    const values = this.#values
    this.#keys = []
    this.#values = []
    this.#index = new Map()
    for (let i = 0; i < keys.length; i++) this.set(keys[i] as PyValue, values[i] as PyValue)
    return this.#index
  }
}
