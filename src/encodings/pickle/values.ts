import type { PyDict } from './py-dict.ts'

/**
 * A Python value as inert data.
 *
 * - `null` is None; booleans and strings are themselves;
 * - an int is a `number`, or a `bigint` where a number would not be exact;
 * - a float is a `PyFloat`, so that `1.0` stays distinct from `1`;
 * - bytes and bytearrays are `Uint8Array` views of the file;
 * - everything else is a class with a `kind`.
 *
 * Shared references stay shared and cycles stay cycles, so a walk over a whole tree must remember where it has been and
 * must not recurse. `PyView` follows named paths and is what readers normally want.
 */
export type PyValue = null | boolean | number | bigint | string | Uint8Array | PyNode

export type PyNode =
  | PyFloat
  | PyComplex
  | PyTuple
  | PyList
  | PySet
  | PyDict
  | PyGlobal
  | PyObject
  | PyPersistentId
  | PyOutOfBandBuffer
  | PyInlineArray

export class PyFloat {
  readonly kind = 'float'
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

export class PyComplex {
  readonly kind = 'complex'
  readonly real: number
  readonly imaginary: number
  constructor(real: number, imaginary: number) {
    this.real = real
    this.imaginary = imaginary
  }
}

export class PyTuple {
  readonly kind = 'tuple'
  readonly items: readonly PyValue[]
  constructor(items: readonly PyValue[]) {
    this.items = items
  }
}

export class PyList {
  readonly kind = 'list'
  items: PyValue[]
  constructor(items: PyValue[]) {
    this.items = items
  }
}

/** A set or a frozenset; items in the file's order, as written. */
export class PySet {
  readonly kind = 'set'
  readonly items: PyValue[]
  readonly frozen: boolean
  constructor(items: PyValue[], frozen: boolean) {
    this.items = items
    this.frozen = frozen
  }
}

/** A name that the file would import: never imported. `module` is the Python 3 spelling of Python 2 modules. */
export class PyGlobal {
  readonly kind = 'global'
  readonly module: string
  readonly name: string
  constructor(module: string, name: string) {
    this.module = module
    this.name = name
  }

  /** `module.name`. */
  get path(): string {
    return `${this.module}.${this.name}`
  }
}

/** Functions of `copyreg` that only make an instance of their first argument. */
const CONSTRUCTORS = new Set(['copyreg._reconstructor', 'copyreg.__newobj__', 'copyreg.__newobj_ex__'])

/** What the file would have made by a call: never called. */
export class PyObject {
  readonly kind = 'object'
  /** What would have been called: usually a class, sometimes a function, rarely the result of another call. */
  readonly callable: PyValue
  readonly args: readonly PyValue[]
  readonly kwargs: PyDict | undefined
  /** Byte offset of the opcode that would have made the call. */
  readonly offset: number
  /** What each BUILD would have passed to `__setstate__` or merged into `__dict__`; nearly always there is one at most. */
  readonly states: PyValue[] = []
  /** What would have been appended (a list subclass) or added (a set subclass). */
  listItems: PyValue[] | undefined = undefined
  /** What would have been set by key (a dict subclass, OrderedDict, defaultdict). */
  dictItems: PyDict | undefined = undefined

  constructor(callable: PyValue, args: readonly PyValue[], kwargs: PyDict | undefined, offset: number) {
    this.callable = callable
    this.args = args
    this.kwargs = kwargs
    this.offset = offset
  }

  /** The last state, undefined when there was no BUILD. */
  get state(): PyValue | undefined {
    return this.states.at(-1)
  }

  /** The class of the instance, or the function whose result this is; undefined when that has no name. */
  get class(): PyGlobal | undefined {
    if (!isNode(this.callable, 'global')) return undefined
    if (!CONSTRUCTORS.has(this.callable.path)) return this.callable
    const target = this.args[0]
    return isNode(target, 'global') ? target : undefined
  }

  get module(): string {
    return this.class?.module ?? ''
  }

  get className(): string {
    return this.class?.name ?? ''
  }

  /** `module.ClassName`, empty when the class has no name. */
  get classPath(): string {
    return this.class?.path ?? ''
  }

  /** The value of an attribute as set by the state, undefined when it is missing. */
  attr(name: string): PyValue | undefined {
    for (let i = this.states.length - 1; i >= 0; i--) {
      for (const dict of attributeDicts(this.states[i])) {
        const value = dict.get(name)
        if (value !== undefined) return value
      }
    }
    return undefined
  }

  /** All attributes in the file's order. */
  attributes(): Map<string, PyValue> {
    const attributes = new Map<string, PyValue>()
    for (const dict of this.states.flatMap((state) => attributeDicts(state).reverse())) {
      for (const [name, value] of dict.entries()) {
        if (typeof name === 'string') attributes.set(name, value)
      }
    }
    return attributes
  }
}

/** The state is `__dict__`, or the pair `(__dict__, __slots__ values)`; either may be None. Slots come first. */
function attributeDicts(state: PyValue | undefined): PyDict[] {
  if (isNode(state, 'dict')) return [state]
  if (isNode(state, 'tuple') && state.items.length === 2) {
    return [...state.items].reverse().filter((part): part is PyDict => isNode(part, 'dict'))
  }
  return []
}

/** A reference that the program which wrote the file would resolve itself (PyTorch's storages). */
export class PyPersistentId {
  readonly kind = 'persistent-id'
  readonly id: PyValue
  constructor(id: PyValue) {
    this.id = id
  }
}

/** A buffer that was kept outside the pickle (protocol 5) and is not at hand. */
export class PyOutOfBandBuffer {
  readonly kind = 'out-of-band-buffer'
  readonly index: number
  constructor(index: number) {
    this.index = index
  }
}

/** A numpy array whose bytes stand in the stream itself, as joblib writes it. */
export class PyInlineArray {
  readonly kind = 'inline-array'
  /** The pickled `numpy.dtype`. */
  readonly dtype: PyValue
  readonly shape: readonly number[]
  readonly order: 'C' | 'F'
  readonly bytes: Uint8Array
  constructor(dtype: PyValue, shape: readonly number[], order: 'C' | 'F', bytes: Uint8Array) {
    this.dtype = dtype
    this.shape = shape
    this.order = order
    this.bytes = bytes
  }
}

type NodeOf<K extends PyNode['kind']> = Extract<PyNode, { kind: K }>

/** Whether a value is a node of a kind. */
export function isNode<K extends PyNode['kind']>(value: PyValue | undefined, kind: K): value is NodeOf<K> {
  return (
    typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && (value.kind as string) === kind
  )
}

/** Whether a value is an object of the class or the result of the function `module.name`. */
export function isObjectOf(value: PyValue | undefined, ...paths: string[]): value is PyObject {
  return isNode(value, 'object') && paths.includes(value.classPath)
}

/** What a value is, for a message: `int`, `list`, `sklearn.svm._classes.SVC`. */
export function describeValue(value: PyValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'None'
  if (value instanceof Uint8Array) return 'bytes'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'int'
    case 'string':
      return 'str'
  }
  if (value.kind === 'object') return value.classPath || 'the result of a call'
  if (value.kind === 'global') return `the name ${value.path}`
  if (value.kind === 'set') return value.frozen ? 'frozenset' : 'set'
  return value.kind
}
