import { MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { type ByteCursor, decodeLatin1 } from './cursor.ts'
import { exceeded, type PickleBudget, type PickleLimits } from './limits.ts'
import {
  parseBinaryInt,
  parseQuotedString,
  parseRawUnicode,
  parseTextFloat,
  parseTextInt,
  parseTextLong,
} from './literals.ts'
import { Memo } from './memo.ts'
import { HIGHEST_PROTOCOL, OP } from './opcodes.ts'
import { pureResult, pureResultBytes } from './pure-calls.ts'
import { PyDict } from './py-dict.ts'
import type { SafetyTrace } from './safety.ts'
import {
  describeValue,
  isNode,
  PyFloat,
  PyGlobal,
  PyList,
  PyObject,
  PyOutOfBandBuffer,
  PyPersistentId,
  PySet,
  PyTuple,
  type PyValue,
} from './values.ts'

/** Reads a whole plain pickle at the cursor. */
export type ReadNested = () => PyValue

/**
 * Called after BUILD gave an object its state; the cursor stands behind the opcode. It may read what follows in the
 * stream and return a value that takes the object's place on the stack (joblib's arrays).
 */
export type BuildHook = (built: PyObject, cursor: ByteCursor, readNested: ReadNested) => PyValue | undefined

export interface InterpreterContext {
  budget: PickleBudget
  trace: SafetyTrace
  /** Out-of-band buffers of protocol 5, in order. */
  buffers: readonly Uint8Array[]
  onBuild: BuildHook | undefined
}

/**
 * Runs the stack machine of pickle protocols 0–5 (CPython 3.13 `Lib/pickle.py`, `_Unpickler`) from the cursor to STOP,
 * making inert values only.
 */
export class PickleInterpreter {
  readonly #cursor: ByteCursor
  readonly #context: InterpreterContext
  readonly #budget: PickleBudget
  readonly #limits: PickleLimits
  readonly #stack: PyValue[] = []
  /** Stack heights at which MARKs stand; nothing below the last one may be popped. */
  readonly #marks: number[] = []
  readonly #memo = new Memo()
  #buffersUsed = 0
  /** Offset of the current opcode. */
  #at = 0
  protocol = 0

  constructor(cursor: ByteCursor, context: InterpreterContext) {
    this.#cursor = cursor
    this.#context = context
    this.#budget = context.budget
    this.#limits = context.budget.limits
  }

  run(): PyValue {
    const { maxStack } = this.#limits
    for (;;) {
      this.#at = this.#cursor.offset
      this.#budget.opcode(this.#at)
      if (this.#stack.length > maxStack) exceeded(`more than ${maxStack} values on the stack`, this.#at)
      const opcode = this.#cursor.u8()
      if (opcode === OP.STOP) return this.#pop()
      this.#execute(opcode)
    }
  }

  #execute(opcode: number): void {
    const cursor = this.#cursor
    switch (opcode) {
      case OP.PROTO:
        return this.#setProtocol(cursor.u8())
      case OP.FRAME:
        return this.#checkFrame(cursor.u64())

      case OP.NONE:
        return this.#push(null)
      case OP.NEWTRUE:
        return this.#push(true)
      case OP.NEWFALSE:
        return this.#push(false)
      case OP.BININT:
        return this.#push(cursor.i32())
      case OP.BININT1:
        return this.#push(cursor.u8())
      case OP.BININT2:
        return this.#push(cursor.u16())
      case OP.INT:
        return this.#push(parseTextInt(cursor.line(), this.#limits.maxIntegerBytes, this.#at))
      case OP.LONG:
        return this.#push(parseTextLong(cursor.line(), this.#limits.maxIntegerBytes, this.#at))
      case OP.LONG1:
        return this.#push(parseBinaryInt(cursor.take(cursor.u8()), this.#limits.maxIntegerBytes, this.#at))
      case OP.LONG4:
        return this.#push(parseBinaryInt(cursor.take(cursor.i32()), this.#limits.maxIntegerBytes, this.#at))
      case OP.FLOAT:
        return this.#push(new PyFloat(parseTextFloat(cursor.line(), this.#at)))
      case OP.BINFLOAT:
        return this.#push(new PyFloat(cursor.f64BigEndian()))

      // Python 2 strings are bytes; like `encoding='latin1'`, they become the characters of the same code.
      case OP.STRING:
        return this.#push(parseQuotedString(cursor.line(), this.#at))
      case OP.BINSTRING:
        return this.#push(decodeLatin1(cursor.take(cursor.i32())))
      case OP.SHORT_BINSTRING:
        return this.#push(decodeLatin1(cursor.take(cursor.u8())))
      case OP.UNICODE:
        return this.#push(parseRawUnicode(cursor.line(), this.#at))
      case OP.SHORT_BINUNICODE:
        return this.#push(cursor.utf8(cursor.u8()))
      case OP.BINUNICODE:
        return this.#push(cursor.utf8(cursor.u32()))
      case OP.BINUNICODE8:
        return this.#push(cursor.utf8(cursor.u64()))
      case OP.SHORT_BINBYTES:
        return this.#push(cursor.take(cursor.u8()))
      case OP.BINBYTES:
        return this.#push(cursor.take(cursor.u32()))
      case OP.BINBYTES8:
      case OP.BYTEARRAY8:
        return this.#push(cursor.take(cursor.u64()))
      case OP.NEXT_BUFFER:
        return this.#push(this.#nextBuffer())
      case OP.READONLY_BUFFER:
        return this.#push(this.#pop())

      case OP.MARK:
        return this.#mark()
      case OP.POP:
        return this.#popOrUnmark()
      case OP.POP_MARK:
        this.#popToMark()
        return
      case OP.DUP:
        return this.#push(this.#top())

      case OP.GET:
        return this.#recall(this.#memoKey())
      case OP.BINGET:
        return this.#recall(cursor.u8())
      case OP.LONG_BINGET:
        return this.#recall(cursor.u32())
      case OP.PUT:
        return this.#remember(this.#memoKey())
      case OP.BINPUT:
        return this.#remember(cursor.u8())
      case OP.LONG_BINPUT:
        return this.#remember(cursor.u32())
      case OP.MEMOIZE:
        return this.#remember(this.#memo.size)

      case OP.EMPTY_TUPLE:
        return this.#pushNode(new PyTuple([]))
      case OP.TUPLE1:
        return this.#pushNode(new PyTuple(this.#popCount(1)))
      case OP.TUPLE2:
        return this.#pushNode(new PyTuple(this.#popCount(2)))
      case OP.TUPLE3:
        return this.#pushNode(new PyTuple(this.#popCount(3)))
      case OP.TUPLE:
        return this.#pushNode(new PyTuple(this.#popToMark()))
      case OP.EMPTY_LIST:
        return this.#pushNode(new PyList([]))
      case OP.LIST:
        return this.#pushNode(new PyList(this.#popToMark()))
      case OP.APPEND:
        return this.#append([this.#pop()])
      case OP.APPENDS:
        return this.#append(this.#popToMark())
      case OP.EMPTY_DICT:
        return this.#pushNode(new PyDict())
      case OP.DICT:
        return this.#pushNode(new PyDict(this.#pairs(this.#popToMark())))
      case OP.SETITEM:
        return this.#setItems(this.#popCount(2))
      case OP.SETITEMS:
        return this.#setItems(this.#popToMark())
      case OP.EMPTY_SET:
        return this.#pushNode(new PySet([], false))
      case OP.ADDITEMS:
        return this.#addItems(this.#popToMark())
      case OP.FROZENSET:
        return this.#pushNode(new PySet(this.#popToMark(), true))

      case OP.GLOBAL:
        return this.#push(this.#readGlobal())
      case OP.STACK_GLOBAL:
        return this.#stackGlobal()
      case OP.EXT1:
        return this.#extension(cursor.u8())
      case OP.EXT2:
        return this.#extension(cursor.u16())
      case OP.EXT4:
        return this.#extension(cursor.i32())
      case OP.PERSID:
        return this.#persistentId(decodeLatin1(cursor.line()))
      case OP.BINPERSID:
        return this.#persistentId(this.#pop())

      case OP.REDUCE:
      case OP.NEWOBJ: {
        const [callable, args] = this.#popCount(2)
        return this.#call(callable as PyValue, this.#tupleItems(args), undefined)
      }
      case OP.NEWOBJ_EX: {
        const [callable, args, kwargs] = this.#popCount(3)
        if (!isNode(kwargs, 'dict')) this.#malformed(`keyword arguments expected, got ${describeValue(kwargs)}`)
        return this.#call(callable as PyValue, this.#tupleItems(args), kwargs)
      }
      case OP.INST: {
        const callable = this.#readGlobal()
        return this.#call(callable, this.#popToMark(), undefined)
      }
      case OP.OBJ: {
        const [callable, ...args] = this.#popToMark()
        if (callable === undefined) this.#malformed('OBJ without a class')
        return this.#call(callable, args, undefined)
      }
      case OP.BUILD:
        return this.#build()
      default:
        return this.#malformed(`unknown opcode 0x${opcode.toString(16).padStart(2, '0')}`)
    }
  }

  #malformed(what: string): never {
    throw new MalformedFileError(`Not a valid pickle: ${what}`, { offset: this.#at })
  }

  #setProtocol(protocol: number): void {
    if (protocol > HIGHEST_PROTOCOL) {
      throw new UnsupportedError(`Pickle protocol ${protocol} is not known: the newest is ${HIGHEST_PROTOCOL}`, {
        hint: 'The file may be damaged, or not a pickle.',
        context: { offset: this.#at },
      })
    }
    this.protocol = protocol
  }

  #checkFrame(length: number): void {
    if (length > this.#cursor.remaining) this.#malformed(`the file ends within a frame of ${length} bytes`)
  }

  // The stack

  #push(value: PyValue): void {
    this.#stack.push(value)
  }

  #pushNode(value: PyValue): void {
    this.#budget.node(this.#at)
    this.#stack.push(value)
  }

  get #floor(): number {
    return this.#marks.length === 0 ? 0 : (this.#marks[this.#marks.length - 1] as number)
  }

  #top(): PyValue {
    if (this.#stack.length <= this.#floor) this.#malformed('the stack is empty')
    return this.#stack[this.#stack.length - 1] as PyValue
  }

  #pop(): PyValue {
    if (this.#stack.length <= this.#floor) this.#malformed('the stack is empty')
    return this.#stack.pop() as PyValue
  }

  #popCount(count: number): PyValue[] {
    if (this.#stack.length - count < this.#floor) this.#malformed('the stack is empty')
    return this.#stack.splice(this.#stack.length - count)
  }

  #mark(): void {
    const { maxMarks } = this.#limits
    if (this.#marks.length >= maxMarks) exceeded(`more than ${maxMarks} open marks`, this.#at)
    this.#marks.push(this.#stack.length)
  }

  #popToMark(): PyValue[] {
    const mark = this.#marks.pop()
    if (mark === undefined) this.#malformed('a mark is missing')
    return this.#stack.splice(mark)
  }

  /** POP removes the mark itself when it is on top. */
  #popOrUnmark(): void {
    if (this.#marks.length > 0 && this.#stack.length === this.#floor) this.#marks.pop()
    else this.#pop()
  }

  // The memo

  #memoKey(): number {
    const text = decodeLatin1(this.#cursor.line())
    if (!/^\d{1,15}$/.test(text)) this.#malformed('a memo number expected')
    return Number(text)
  }

  #remember(key: number): void {
    this.#budget.memoEntry(this.#at)
    this.#memo.set(key, this.#top())
  }

  #recall(key: number): void {
    const value = this.#memo.get(key)
    if (value === undefined) this.#malformed(`memo entry ${key} is missing`)
    this.#push(value)
  }

  // Containers

  /** `items` may become the list's own array. */
  #append(items: PyValue[]): void {
    const target = this.#top()
    if (isNode(target, 'list')) {
      if (target.items.length === 0) target.items = items
      else for (const item of items) target.items.push(item)
    } else if (isNode(target, 'object')) {
      target.listItems ??= []
      for (const item of items) target.listItems.push(item)
    } else {
      this.#malformed(`can't append to ${describeValue(target)}`)
    }
  }

  #addItems(items: PyValue[]): void {
    const target = this.#top()
    if (!isNode(target, 'set')) return this.#append(items)
    for (const item of items) target.items.push(item)
  }

  #setItems(items: PyValue[]): void {
    const target = this.#top()
    if (isNode(target, 'dict')) {
      target.setAll(this.#pairs(items))
    } else if (isNode(target, 'object')) {
      target.dictItems ??= new PyDict()
      target.dictItems.setAll(this.#pairs(items))
    } else this.#malformed(`can't set items of ${describeValue(target)}`)
  }

  #pairs(items: PyValue[]): PyValue[] {
    if (items.length % 2 !== 0) this.#malformed('a dict key without a value')
    return items
  }

  #nextBuffer(): PyValue {
    const index = this.#buffersUsed++
    return this.#context.buffers[index] ?? new PyOutOfBandBuffer(index)
  }

  // Names and calls, none of which is followed

  #readGlobal(): PyGlobal {
    const module = this.#cursor.utf8Line()
    const name = this.#cursor.utf8Line()
    return this.#context.trace.imported(module, name, this.#at)
  }

  #stackGlobal(): void {
    const [module, name] = this.#popCount(2)
    if (typeof module !== 'string' || typeof name !== 'string') this.#malformed('a module and a name expected')
    this.#push(this.#context.trace.imported(module, name, this.#at))
  }

  #extension(code: number): void {
    this.#context.trace.extensionCode(code)
    this.#pushNode(new PyGlobal('copyreg', `_inverted_registry[${code}]`))
  }

  #persistentId(id: PyValue): void {
    this.#context.trace.persistentId()
    this.#pushNode(new PyPersistentId(id))
  }

  #tupleItems(args: PyValue | undefined): readonly PyValue[] {
    if (!isNode(args, 'tuple')) this.#malformed(`a tuple of arguments expected, got ${describeValue(args)}`)
    return args.items
  }

  #call(callable: PyValue, args: readonly PyValue[], kwargs: PyDict | undefined): void {
    this.#context.trace.called(callable, this.#at)
    const pure = isNode(callable, 'global') && kwargs === undefined ? pureResult(callable, args) : undefined
    if (pure !== undefined) this.#budget.copy(pureResultBytes(pure), this.#at)
    this.#pushNode(pure ?? new PyObject(callable, args, kwargs, this.#at))
  }

  readonly #readNested: ReadNested = () => {
    return new PickleInterpreter(this.#cursor, { ...this.#context, onBuild: undefined }).run()
  }

  #build(): void {
    const state = this.#pop()
    const target = this.#top()
    if (!isNode(target, 'object')) this.#malformed(`can't set the state of ${describeValue(target)}`)
    target.states.push(state)
    const replacement = this.#context.onBuild?.(target, this.#cursor, this.#readNested)
    if (replacement !== undefined) this.#stack[this.#stack.length - 1] = replacement
  }
}
