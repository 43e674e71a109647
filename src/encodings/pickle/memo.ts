import type { PyValue } from './values.ts'

/** The unpickler's memo: dense numbers in an array, stray ones (a hostile or hand-made file) in a map. */
export class Memo {
  readonly #dense: PyValue[] = []
  readonly #sparse = new Map<number, PyValue>()

  get size(): number {
    return this.#dense.length + this.#sparse.size
  }

  get(key: number): PyValue | undefined {
    return key < this.#dense.length ? this.#dense[key] : this.#sparse.get(key)
  }

  set(key: number, value: PyValue): void {
    if (key < this.#dense.length) {
      this.#dense[key] = value
    } else if (key === this.#dense.length && !this.#sparse.has(key)) {
      this.#dense.push(value)
    } else {
      this.#sparse.set(key, value)
    }
  }
}
