import { MalformedFileError, PortolanError } from '../../core/errors.ts'
import { describeArray, type NdArray, toFloat64, toIntegers } from '../npy/nd-array.ts'
import { elementAt, toNdArray, unwrapScalar } from './numpy/pickled-array.ts'
import { isPandasSequence, pandasElements } from './pandas/labels.ts'
import type { PyDict } from './py-dict.ts'
import { dictContent, listContent } from './subclass-content.ts'
import { describeValue, isNode, type PyGlobal, type PyObject, type PyValue } from './values.ts'

/**
 * A value together with the path by which it was reached, for readers that know what they expect. Every getter either
 * returns what it promises or throws a MalformedFileError that names the path: `steps[1][1].coef_: an array expected,
 * got None`. Numpy scalars count as the plain values that they stand for.
 *
 * @example
 * const svc = new PyView(readJoblib(bytes).value, 'model')
 * svc.classPath                                   // 'sklearn.svm._classes.SVC'
 * const c = svc.attr('C').number()
 * const gamma = svc.optional('_gamma')?.number() ?? 0
 * const { shape, data } = svc.attr('dual_coef_').float64()
 */
export class PyView {
  readonly value: PyValue
  /** How the value was reached, as Python would write it. */
  readonly path: string

  constructor(value: PyValue, path = 'model') {
    this.value = unwrapScalar(value)
    this.path = path
  }

  /** Throws a MalformedFileError that names the path. */
  fail(problem: string): never {
    const offset = isNode(this.value, 'object') ? { offset: this.value.offset } : {}
    throw new MalformedFileError(`${this.path}: ${problem}`, {
      hint: 'The model may be unfitted, or of a version that stores it differently.',
      context: { path: this.path, ...offset },
    })
  }

  #expected(what: string): never {
    return this.fail(`${what} expected, got ${describeValue(this.value)}`)
  }

  // What it is

  get isNone(): boolean {
    return this.value === null
  }

  /** `module.ClassName` of an object or of a class itself; empty for anything else. */
  get classPath(): string {
    if (isNode(this.value, 'object')) return this.value.classPath
    return isNode(this.value, 'global') ? this.value.path : ''
  }

  get className(): string {
    if (isNode(this.value, 'object')) return this.value.className
    return isNode(this.value, 'global') ? this.value.name : ''
  }

  get module(): string {
    return isNode(this.value, 'object') || isNode(this.value, 'global') ? this.value.module : ''
  }

  isKind(kind: 'float' | 'complex' | 'tuple' | 'list' | 'set' | 'dict' | 'global' | 'object'): boolean {
    return isNode(this.value, kind)
  }

  get isArray(): boolean {
    return this.array() !== undefined
  }

  // Ways down

  /** An attribute, which must exist (it may be None). */
  attr(name: string): PyView {
    return this.find(name) ?? this.fail(`${describeValue(this.value)} has no attribute '${name}'`)
  }

  /** The first attribute of several names that exists: the current one first, then older spellings. */
  firstAttr(...names: [string, ...string[]]): PyView {
    for (const name of names) {
      const found = this.find(name)
      if (found !== undefined) return found
    }
    return this.fail(`${describeValue(this.value)} has no attribute '${names.join("' or '")}'`)
  }

  /** An attribute that may be None; undefined when it is missing. */
  find(name: string): PyView | undefined {
    const value = this.object().attr(name)
    return value === undefined ? undefined : new PyView(value, `${this.path}.${name}`)
  }

  /** An attribute; undefined when it is missing or None. */
  optional(name: string): PyView | undefined {
    const view = this.find(name)
    return view === undefined || view.isNone ? undefined : view
  }

  has(name: string): boolean {
    return isNode(this.value, 'object') && this.value.attr(name) !== undefined
  }

  /** All attributes in the file's order. */
  attributes(): [string, PyView][] {
    return [...this.object().attributes()].map(([name, value]) => [name, new PyView(value, `${this.path}.${name}`)])
  }

  /** The items of a list, tuple or set, a one-dimensional array, a pandas Index, Series or array, or a list subclass. */
  items(): PyView[] {
    const { value } = this
    if (isNode(value, 'list') || isNode(value, 'tuple') || isNode(value, 'set')) return this.#views(value.items)
    const array = this.array()
    if (array !== undefined) return this.#elements(array)
    if (isPandasSequence(value)) return this.#views(this.#withPath(() => pandasElements(value)) ?? [])
    const content = isNode(value, 'object') ? listContent(value) : undefined
    return content === undefined ? this.#expected('a list') : this.#views(content)
  }

  /** One item of what `items` lists. */
  item(index: number): PyView {
    const { value } = this
    const found = isNode(value, 'list') || isNode(value, 'tuple') ? value.items[index] : undefined
    if (found !== undefined) return new PyView(found, `${this.path}[${index}]`)
    return this.items()[index] ?? this.fail(`item ${index} is missing`)
  }

  #views(items: readonly PyValue[]): PyView[] {
    return items.map((item, i) => new PyView(item, `${this.path}[${i}]`))
  }

  /** Elements in C order, whatever the shape. */
  #elements(array: NdArray<PyValue>): PyView[] {
    if (array.shape.length !== 1) return this.fail(`a list expected, got an ${describeArray(array)}`)
    return Array.from({ length: array.shape[0] as number }, (_, i) => {
      const element = elementAt(array, i)
      if (element === undefined) return this.fail(`a list expected, got an ${describeArray(array)}`)
      return new PyView(element, `${this.path}[${i}]`)
    })
  }

  /** Keys and values of a dict or a dict subclass (OrderedDict, defaultdict, Bunch). */
  entries(): [PyValue, PyView][] {
    return [...this.dict().entries()].map(([key, value]) => [key, new PyView(value, this.#keyPath(key))])
  }

  /** A value of a dict, which must exist. */
  key(key: PyValue): PyView {
    return this.findKey(key) ?? this.fail(`the key ${formatKey(key)} is missing`)
  }

  /** A value of a dict; undefined when it is missing. */
  findKey(key: PyValue): PyView | undefined {
    const value = this.dict().get(key)
    return value === undefined ? undefined : new PyView(value, this.#keyPath(key))
  }

  #keyPath(key: PyValue): string {
    return `${this.path}[${formatKey(key)}]`
  }

  // What it holds

  object(): PyObject {
    return isNode(this.value, 'object') ? this.value : this.#expected('an object')
  }

  global(): PyGlobal {
    return isNode(this.value, 'global') ? this.value : this.#expected('a class or function')
  }

  /** A dict, or the items of a dict subclass. */
  dict(): PyDict {
    if (isNode(this.value, 'dict')) return this.value
    const content = isNode(this.value, 'object') ? dictContent(this.value) : undefined
    return content ?? this.#expected('a dict')
  }

  /** An int or a float that a number represents exactly. */
  number(): number {
    const { value } = this
    if (typeof value === 'number') return value
    if (isNode(value, 'float')) return value.value
    if (typeof value === 'bigint') return this.fail(`the integer ${value} is beyond 2^53`)
    const array = this.array()
    if (array?.type === 'numeric' && array.data.length === 1 && array.dtype.kind !== 'c') {
      return this.#numbers(array, toFloat64)[0] as number
    }
    return this.#expected('a number')
  }

  integer(): number {
    const number = this.number()
    return Number.isSafeInteger(number) ? number : this.fail(`an integer expected, got ${number}`)
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.#expected('a string')
  }

  boolean(): boolean {
    if (typeof this.value === 'boolean') return this.value
    return this.value === 0 || this.value === 1 ? this.value === 1 : this.#expected('a bool')
  }

  bytes(): Uint8Array {
    return this.value instanceof Uint8Array ? this.value : this.#expected('bytes')
  }

  strings(): string[] {
    return this.items().map((item) => item.string())
  }

  /** The numpy array that the value is; undefined when it is none. */
  array(): NdArray<PyValue> | undefined {
    return this.#withPath(() => toNdArray(this.value))
  }

  ndarray(): NdArray<PyValue> {
    return this.array() ?? this.#expected('an array')
  }

  /** Numbers as float64 in C order, from an array or a flat list. */
  float64(): { shape: readonly number[]; data: Float64Array } {
    const array = this.array()
    if (array !== undefined) return { shape: array.shape, data: this.#numbers(array, toFloat64) }
    const data = Float64Array.from(this.items(), (item) => item.number())
    return { shape: [data.length], data }
  }

  /** Integers in C order, from an array or a flat list. */
  integers(): { shape: readonly number[]; data: number[] } {
    const array = this.array()
    if (array !== undefined) return { shape: array.shape, data: this.#numbers(array, toIntegers) }
    const data = this.items().map((item) => item.integer())
    return { shape: [data.length], data }
  }

  #numbers<T>(array: NdArray<PyValue>, convert: (array: NdArray<PyValue>) => T): T {
    if (array.type !== 'object') return this.#withPath(() => convert(array))
    const data = Float64Array.from(array.data, (item, i) => new PyView(item, `${this.path}[${i}]`).number())
    return convert({
      type: 'numeric',
      dtype: { kind: 'f', itemSize: 8, littleEndian: true },
      shape: array.shape,
      data,
    })
  }

  /** Adds the path to an error from below. */
  #withPath<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error
      throw new PortolanError(error.code, `${this.path}: ${error.message}`, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        context: { ...error.context, path: this.path },
        cause: error,
      })
    }
  }
}

function formatKey(key: PyValue): string {
  if (typeof key === 'string') return JSON.stringify(key)
  if (isNode(key, 'float')) return String(key.value)
  return typeof key === 'object' && key !== null ? describeValue(key) : String(key)
}
