import { deserializeError, PortolanError, type SerializedError, serializeError } from '../core/errors.ts'

/**
 * Calls across a worker boundary: replies are matched by id, errors keep code, message, hint and context, progress is
 * told along the way, and a call can be aborted.
 */

/** What a call gets besides its argument. */
export interface CallContext {
  readonly signal: AbortSignal
  /** Tells the caller the fraction done, 0–1. */
  progress(fraction: number): void
}

/** What a worker can do: each method takes one cloneable argument. */
export type Service<S> = {
  [K in keyof S]: (argument: never, context: CallContext) => Promise<unknown>
}

type Argument<F> = F extends (argument: infer A, context: CallContext) => unknown ? A : never
type Result<F> = F extends (...args: never[]) => Promise<infer R> ? R : never

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number) => void
  /** Objects to move instead of copying. */
  readonly transfer?: Transferable[]
}

/** The caller's side of a service. */
export type Client<S> = {
  readonly [K in keyof S]: (argument: Argument<S[K]>, options?: CallOptions) => Promise<Result<S[K]>>
}

type ToWorker =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly type: 'abort'; readonly id: number }

type FromWorker =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: SerializedError }
  | { readonly type: 'progress'; readonly id: number; readonly fraction: number }

/** The end of a message channel: a Worker, a worker's own scope, or a MessagePort. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

const cancelled = () => new PortolanError('cancelled', 'The operation was cancelled.')

/** Serves calls that arrive at a port. To be called once by a worker's entry. */
export function serve<S extends Service<S>>(port: Port, service: S): void {
  const running = new Map<number, AbortController>()
  port.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === 'abort') {
      running.get(data.id)?.abort(cancelled())
      return
    }
    const { id, method, argument } = data
    const reply = (message: FromWorker) => port.postMessage(message)
    const controller = new AbortController()
    running.set(id, controller)
    const context: CallContext = {
      signal: controller.signal,
      progress: (fraction) => reply({ type: 'progress', id, fraction }),
    }
    const call = service[method as keyof S] as unknown as (argument: unknown, context: CallContext) => Promise<unknown>
    Promise.resolve()
      .then(() => call(argument, context))
      .then(
        (value) => reply({ type: 'result', id, value }),
        (error: unknown) => reply({ type: 'error', id, error: serializeError(error) }),
      )
      .catch((error: unknown) => reply({ type: 'error', id, error: serializeError(error) }))
      .finally(() => running.delete(id))
  })
}

interface Pending {
  resolve(value: unknown): void
  reject(error: Error): void
  readonly onProgress: ((fraction: number) => void) | undefined
}

/** A worker with its client; `terminate` rejects everything under way. */
export interface Connection<S> {
  readonly client: Client<S>
  /** Whether it was terminated, or has crashed. */
  readonly isDead: boolean
  terminate(): void
}

/**
 * Connects to a worker. A crash of the worker rejects all calls with an 'internal' error; after it, or after
 * `terminate`, every call rejects at once.
 */
export function connect<S>(worker: Worker): Connection<S> {
  const pending = new Map<number, Pending>()
  let nextId = 1
  let dead: Error | undefined

  const settle = (id: number) => {
    const call = pending.get(id)
    pending.delete(id)
    return call
  }
  const die = (error: Error) => {
    dead = error
    for (const id of [...pending.keys()]) settle(id)?.reject(error)
  }
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === 'progress') pending.get(data.id)?.onProgress?.(data.fraction)
    else if (data.type === 'result') settle(data.id)?.resolve(data.value)
    else settle(data.id)?.reject(deserializeError(data.error))
  })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    die(
      new PortolanError('internal', `The worker stopped: ${event.message || 'out of memory, probably'}`, {
        hint: 'Try again. If the model is very large, close other tabs first.',
      }),
    )
  })

  const call = (method: string, argument: unknown, options: CallOptions = {}): Promise<unknown> => {
    if (dead) return Promise.reject(dead)
    if (options.signal?.aborted) return Promise.reject(cancelled())
    const id = nextId++
    return new Promise((resolve, reject) => {
      const abort = () => {
        worker.postMessage({ type: 'abort', id } satisfies ToWorker)
        settle(id)?.reject(cancelled())
      }
      const finish = () => options.signal?.removeEventListener('abort', abort)
      pending.set(id, {
        resolve: (value) => {
          finish()
          resolve(value)
        },
        reject: (error) => {
          finish()
          reject(error)
        },
        onProgress: options.onProgress,
      })
      options.signal?.addEventListener('abort', abort, { once: true })
      worker.postMessage({ type: 'call', id, method, argument } satisfies ToWorker, options.transfer ?? [])
    })
  }

  const client = new Proxy({} as Client<S>, {
    get: (_, method) => (typeof method === 'string' && method !== 'then' ? call.bind(undefined, method) : undefined),
  })
  return {
    client,
    get isDead() {
      return dead !== undefined
    },
    terminate() {
      worker.terminate()
      die(cancelled())
    },
  }
}
