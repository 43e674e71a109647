import type { SafetyReport } from './source-model.ts'

/** The error codes a user can meet; the code names the class of problem, the message the instance. */
export type ErrorCode =
  | 'unrecognised-file'
  | 'malformed-file'
  | 'unsupported'
  | 'limit-exceeded'
  | 'blocked'
  | 'invalid-input'
  | 'usage'
  | 'cancelled'
  | 'runtime'
  | 'internal'

export interface ErrorDetails {
  /** What the user can do now. */
  hint?: string
  /** Facts for a report or a test: byte offset, node, limit … Must survive structured cloning. */
  context?: Record<string, string | number | boolean>
  cause?: unknown
  /** What a pickle that can not be opened would have imported and called. */
  safety?: SafetyReport
}

/** An error a user may see: `message` says what happened and where, `hint` what to do now. */
export class PortolanError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly context: Record<string, string | number | boolean>
  readonly safety: SafetyReport | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'PortolanError'
    this.code = code
    this.hint = details.hint
    this.context = details.context ?? {}
    this.safety = details.safety
  }
}

/** No format claims these bytes. */
export class UnrecognisedFileError extends PortolanError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('unrecognised-file', message, details)
  }
}

/** The bytes contradict their own format; `offset` is where, in bytes from the start of the stream being read. */
export class MalformedFileError extends PortolanError {
  constructor(message: string, details: ErrorDetails & { offset?: number } = {}) {
    const { offset, ...rest } = details
    super('malformed-file', offset === undefined ? message : `${message} (at byte ${offset})`, {
      hint: 'The file may be truncated or damaged: download or export it again.',
      ...rest,
      context: { ...rest.context, ...(offset === undefined ? {} : { offset }) },
    })
  }
}

/** Valid, but something that Portolan does not support. */
export class UnsupportedError extends PortolanError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('unsupported', message, details)
  }
}

/** A named limit against hostile input was reached. */
export class LimitExceededError extends PortolanError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('limit-exceeded', message, details)
  }
}

/** The plain form in which an error crosses a worker boundary. */
export interface SerializedError {
  code: ErrorCode
  message: string
  hint?: string
  context: Record<string, string | number | boolean>
  safety?: SafetyReport
}

/** Any thrown value as a plain object: code, message, hint, context and safety report of a PortolanError are kept. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof PortolanError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      context: error.context,
      ...(error.safety === undefined ? {} : { safety: error.safety }),
    }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'The operation was cancelled.', context: {} }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message, context: {} }
}

export function deserializeError(error: SerializedError): PortolanError {
  return new PortolanError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    context: error.context,
    ...(error.safety === undefined ? {} : { safety: error.safety }),
  })
}
