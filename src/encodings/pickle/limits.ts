import { LimitExceededError } from '../../core/errors.ts'

/**
 * Limits against hostile pickles. Real models stay one or two orders of magnitude below each of them; the interpreter
 * stops with a LimitExceededError before a file can exhaust the memory or the patience of a browser tab.
 */
export interface PickleLimits {
  /** Bytes of the (decompressed) stream. A single ArrayBuffer ends near 2 GiB in browsers. */
  maxBytes: number
  /** Opcodes executed. A 50 MB model of Python lists takes about 20 million. */
  maxOpcodes: number
  /** Containers and objects created. One takes about 100 bytes, while the opcode for it takes one. */
  maxNodes: number
  /** Values on the stack at once. The writer flushes lists every 1,000 items, so only a long tuple needs many. */
  maxStack: number
  /** MARKs open at once: how deep containers may be nested while they are filled. CPython's pickler recurses to 1,000. */
  maxMarks: number
  /** Memo entries. Each keeps a value alive. */
  maxMemo: number
  /** Bytes of one binary integer; decimal ones may have as many digits. Converting takes quadratic time. */
  maxIntegerBytes: number
  /** Bytes copied while values are made, as a multiple of the stream's size: only Python 2 bytes and sets are copied. */
  maxCopyRatio: number
  /** Distinct imports: the safety report lists every one. */
  maxGlobals: number
}

export const DEFAULT_PICKLE_LIMITS: PickleLimits = {
  maxBytes: 2 ** 31,
  maxOpcodes: 200_000_000,
  maxNodes: 20_000_000,
  maxStack: 20_000_000,
  maxMarks: 10_000,
  maxMemo: 20_000_000,
  maxIntegerBytes: 4_300,
  maxCopyRatio: 4,
  maxGlobals: 100_000,
}

/** Copies below this are allowed whatever the stream's size. */
const FREE_COPY_BYTES = 2 ** 20

/** What reading one file has used up; nested pickles share it. */
export class PickleBudget {
  readonly limits: PickleLimits
  readonly #maxCopied: number
  #opcodes = 0
  #nodes = 0
  #copied = 0
  #memo = 0

  constructor(limits: PickleLimits, streamBytes: number) {
    this.limits = limits
    this.#maxCopied = FREE_COPY_BYTES + streamBytes * limits.maxCopyRatio
  }

  opcode(offset: number): void {
    if (++this.#opcodes > this.limits.maxOpcodes) exceeded(`more than ${this.limits.maxOpcodes} opcodes`, offset)
  }

  node(offset: number): void {
    if (++this.#nodes > this.limits.maxNodes) exceeded(`more than ${this.limits.maxNodes} containers`, offset)
  }

  memoEntry(offset: number): void {
    if (++this.#memo > this.limits.maxMemo) exceeded(`more than ${this.limits.maxMemo} memo entries`, offset)
  }

  copy(bytes: number, offset: number): void {
    this.#copied += bytes
    if (this.#copied > this.#maxCopied) exceeded('far more copies of its data than data', offset)
  }
}

/** @throws LimitExceededError always */
export function exceeded(what: string, offset: number): never {
  throw new LimitExceededError(`The pickle has ${what}`, {
    hint: 'A real model stays far below this limit: the file is damaged or hostile.',
    context: { offset },
  })
}
