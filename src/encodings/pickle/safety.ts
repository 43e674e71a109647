import { LimitExceededError } from '../../core/errors.ts'
import { DEFAULT_TRUSTED_PACKAGES, judgeGlobal, type Risk } from './safety-rules.ts'
import { isNode, PyGlobal, type PyValue } from './values.ts'

/** One name that a real unpickler would have imported. */
export interface GlobalUse {
  /** As the file spells it. */
  module: string
  name: string
  risk: Risk
  /** What a dangerous name can do. */
  reason?: string
  /** How often the file names it. */
  imports: number
  /** How often it would have been called. */
  calls: number
  /** Byte offsets of the first imports and calls, in the decompressed stream. */
  offsets: number[]
}

/** What a file would have done to a real unpickler. Nothing of it was done here. */
export interface SafetyReport {
  /** The worst risk of any name; `unknown` at least when something other than a name would have been called. */
  risk: Risk
  /** Every imported name, the riskiest first, then in the file's order. */
  globals: GlobalUse[]
  /** Calls of something that is not a plain name: the result of another call, a list … */
  indirectCalls: { count: number; offsets: number[] }
  /** References that the loading program would have resolved. */
  persistentIds: number
  /** `copyreg` extension codes, which mean something only in the program that wrote the file. */
  extensionCodes: number[]
}

/** Offsets kept for one name: enough to look at, few enough for a file that repeats itself. */
const KEPT_OFFSETS = 16

/** Python 2 names that moved, where the reader must recognise them (from CPython's `_compat_pickle`). */
const PYTHON_3_MODULES: Record<string, string> = { __builtin__: 'builtins', copy_reg: 'copyreg' }

const RISK_ORDER: Record<Risk, number> = { dangerous: 0, unknown: 1, safe: 2 }

interface Use {
  global: PyGlobal
  module: string
  imports: number
  calls: number
  offsets: number[]
}

function keepOffset(offsets: number[], offset: number): void {
  if (offsets.length < KEPT_OFFSETS) offsets.push(offset)
}

/** Records, while a pickle is read, what it would have imported and called. */
export class SafetyTrace {
  readonly #uses = new Map<string, Use>()
  readonly #byGlobal = new Map<PyGlobal, Use>()
  readonly #indirect = { count: 0, offsets: [] as number[] }
  readonly #extensionCodes = new Set<number>()
  readonly #maxGlobals: number
  #persistentIds = 0

  constructor(maxGlobals: number) {
    this.#maxGlobals = maxGlobals
  }

  /** Notes an import and returns its node: one for each distinct name. */
  imported(module: string, name: string, offset: number): PyGlobal {
    const key = `${module}\n${name}`
    let use = this.#uses.get(key)
    if (use === undefined) {
      if (this.#uses.size >= this.#maxGlobals) {
        throw new LimitExceededError(`The pickle imports more than ${this.#maxGlobals} names`, { context: { offset } })
      }
      const python3 = Object.hasOwn(PYTHON_3_MODULES, module) ? (PYTHON_3_MODULES[module] as string) : module
      use = { global: new PyGlobal(python3, name), module, imports: 0, calls: 0, offsets: [] }
      this.#uses.set(key, use)
      this.#byGlobal.set(use.global, use)
    }
    use.imports++
    keepOffset(use.offsets, offset)
    return use.global
  }

  called(callable: PyValue, offset: number): void {
    const use = isNode(callable, 'global') ? this.#byGlobal.get(callable) : undefined
    if (use === undefined) {
      this.#indirect.count++
      keepOffset(this.#indirect.offsets, offset)
      return
    }
    use.calls++
    keepOffset(use.offsets, offset)
  }

  persistentId(): void {
    this.#persistentIds++
  }

  extensionCode(code: number): void {
    this.#extensionCodes.add(code)
  }

  /** @param trustedPackages more top-level packages whose classes are data */
  report(trustedPackages: readonly string[] = []): SafetyReport {
    const trusted = new Set([...DEFAULT_TRUSTED_PACKAGES, ...trustedPackages])
    const globals = [...this.#uses.values()].map(({ global, module, imports, calls, offsets }): GlobalUse => {
      const { risk, reason } = judgeGlobal(global.module, global.name, calls > 0, trusted)
      return { module, name: global.name, risk, ...(reason === undefined ? {} : { reason }), imports, calls, offsets }
    })
    globals.sort((a, b) => RISK_ORDER[a.risk] - RISK_ORDER[b.risk])
    const worst = globals[0]?.risk ?? 'safe'
    const opaque = this.#indirect.count > 0 || this.#extensionCodes.size > 0
    return {
      risk: worst === 'safe' && opaque ? 'unknown' : worst,
      globals,
      indirectCalls: { ...this.#indirect },
      persistentIds: this.#persistentIds,
      extensionCodes: [...this.#extensionCodes],
    }
  }
}
