import type { PyValue } from './values.ts'

type IndexKey = string | number | bigint | null | object

/** Keys that need a spelling of their own are prefixed with this; a str that starts with it is prefixed too. */
const SPELLED = '\u0001'

/** Longer bytes, strings and tuples as (parts of) keys go by identity: spelling out shared ones could take forever. */
const MAX_SPELLED = 1024

/** Tuples within tuples within a key; deeper ones go by identity, for the same reason. */
const MAX_NESTING = 4

/**
 * The key under which Python would find a value: `1`, `1.0` and `True` are one key; tuples and bytes compare by
 * content, other objects by identity.
 */
function indexKey(key: PyValue, depth = 0): IndexKey {
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
  if (key.kind === 'tuple' && key.items.length <= MAX_SPELLED && depth < MAX_NESTING) {
    const parts: string[] = []
    for (const item of key.items) {
      const part = indexKey(item, depth + 1)
      if (typeof part === 'object' && part !== null) return key
      if (typeof part === 'string' && part.length > MAX_SPELLED) return key
      parts.push(typeof part === 'string' ? JSON.stringify(part) : String(part))
    }
    return `${SPELLED}t${parts.join()}`
  }
  return key
}

/** The entries of a dict that has been read at least once. */
interface Table {
  keys: PyValue[]
  values: PyValue[]
  /** Position of each key. */
  index: Map<IndexKey, number>
}

/** A Python dict: keys of any type, in insertion order; a repeated key keeps its place and takes the later value. */
export class PyDict {
  readonly kind = 'dict'
  /** Keys and values in turn, not looked at yet: most dicts of a large file are never read. */
  #pending: PyValue[]
  #table: Table | undefined = undefined

  /** @param items keys and values in turn; the dict takes the array over */
  constructor(items: PyValue[] = []) {
    this.#pending = items
  }

  static from(entries: Iterable<readonly [PyValue, PyValue]>): PyDict {
    return new PyDict([...entries].flat() as PyValue[])
  }

  set(key: PyValue, value: PyValue): void {
    this.#pending.push(key, value)
  }

  /** Sets keys and values that stand in turn in `items`, which the dict may take over. */
  setAll(items: PyValue[]): void {
    if (this.#pending.length === 0) this.#pending = items
    else for (const item of items) this.#pending.push(item)
  }

  /** The value of a key, undefined when it is missing. */
  get(key: PyValue): PyValue | undefined {
    const { index, values } = this.#read()
    const position = index.get(indexKey(key))
    return position === undefined ? undefined : values[position]
  }

  has(key: PyValue): boolean {
    return this.#read().index.has(indexKey(key))
  }

  get size(): number {
    return this.#read().keys.length
  }

  keys(): readonly PyValue[] {
    return this.#read().keys
  }

  values(): readonly PyValue[] {
    return this.#read().values
  }

  *entries(): Generator<[PyValue, PyValue]> {
    const { keys, values } = this.#read()
    for (let i = 0; i < keys.length; i++) yield [keys[i] as PyValue, values[i] as PyValue]
  }

  #read(): Table {
    this.#table ??= { keys: [], values: [], index: new Map() }
    const { keys, values, index } = this.#table
    const pending = this.#pending
    if (pending.length === 0) return this.#table
    this.#pending = []
    for (let i = 0; i + 1 < pending.length; i += 2) {
      const key = pending[i] as PyValue
      const value = pending[i + 1] as PyValue
      const spelled = indexKey(key)
      const position = index.get(spelled)
      if (position === undefined) {
        index.set(spelled, keys.length)
        keys.push(key)
        values.push(value)
      } else {
        values[position] = value
      }
    }
    return this.#table
  }
}
