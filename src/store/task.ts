import { type SerializedError, serializeError } from '../core/errors.ts'

/** Something that takes a while, and how far it is. */
export type Task<T> =
  | { readonly status: 'idle' }
  /** `progress` is the fraction done, null while nobody knows. */
  | { readonly status: 'running'; readonly progress: number | null }
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly error: SerializedError }

export const idle = { status: 'idle' } as const
export const running = (progress: number | null = null) => ({ status: 'running', progress }) as const
export const done = <T>(value: T) => ({ status: 'done', value }) as const
export const failed = (error: unknown) => ({ status: 'failed', error: serializeError(error) }) as const

/** What a task has come to, if it has come to anything. */
export function resultOf<T>(task: Task<T>): T | undefined {
  return task.status === 'done' ? task.value : undefined
}

/** What became of a promise; a cancelled one is idle again. */
export async function settle<T>(promise: Promise<T>): Promise<Task<T>> {
  try {
    return done(await promise)
  } catch (error) {
    return serializeError(error).code === 'cancelled' ? idle : failed(error)
  }
}
