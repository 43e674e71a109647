import { LimitExceededError } from '../../core/errors.ts'
import { ByteCursor } from './cursor.ts'
import { type BuildHook, PickleInterpreter } from './interpreter.ts'
import { DEFAULT_PICKLE_LIMITS, PickleBudget, type PickleLimits } from './limits.ts'
import { type SafetyReport, SafetyTrace } from './safety.ts'
import type { PyValue } from './values.ts'

export interface PickleOptions {
  /** Where the pickle starts. Files may hold several, one behind the other. */
  offset?: number
  /** Out-of-band buffers of protocol 5, in order. */
  buffers?: readonly Uint8Array[]
  /** Top-level packages whose classes are data, besides `DEFAULT_TRUSTED_PACKAGES`: they count as safe in the report. */
  trustedPackages?: readonly string[]
  onBuild?: BuildHook
  limits?: Partial<PickleLimits>
}

export interface PickleResult {
  value: PyValue
  protocol: number
  /** Offset behind STOP. */
  end: number
  /** What the file would have imported and called. */
  safety: SafetyReport
}

/** Refuses a pickle that is too large to hold, before anybody loads it. Throws LimitExceededError. */
export function checkPickleSize(bytes: number, limits: PickleLimits = DEFAULT_PICKLE_LIMITS): void {
  if (bytes <= limits.maxBytes) return
  throw new LimitExceededError(`The pickle has ${bytes} bytes: at most ${limits.maxBytes} are read`, {
    hint: 'Save a smaller model: fewer or shallower trees, or without its training data.',
  })
}

/**
 * Reads a pickle of protocol 0–5 as inert data: nothing is imported, called or evaluated, whatever the file says.
 *
 * Byte values are views of `bytes`.
 *
 * @throws MalformedFileError with the offset, LimitExceededError, UnsupportedError for a protocol of the future
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions = {}): PickleResult {
  const limits = { ...DEFAULT_PICKLE_LIMITS, ...options.limits }
  checkPickleSize(bytes.length, limits)
  const cursor = new ByteCursor(bytes)
  cursor.skip(options.offset ?? 0)
  const trace = new SafetyTrace(limits.maxGlobals)
  const interpreter = new PickleInterpreter(cursor, {
    budget: new PickleBudget(limits, bytes.length),
    trace,
    buffers: options.buffers ?? [],
    onBuild: options.onBuild,
  })
  const value = interpreter.run()
  return { value, protocol: interpreter.protocol, end: cursor.offset, safety: trace.report(options.trustedPackages) }
}
