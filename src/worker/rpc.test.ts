import { MessageChannel } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { PortolanError } from '../core/errors.ts'
import { type CallContext, connect, type Port, serve } from './rpc.ts'

class Sums {
  add = async ({ a, b }: { a: number; b: number }) => a + b

  fail = async (_: null): Promise<never> => {
    throw new PortolanError('malformed-file', 'It breaks off', { hint: 'Try again.', context: { offset: 12 } })
  }

  count = async (_: null, { progress, signal }: CallContext) => {
    progress(0.5)
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A service at the other end of a channel that stands for a worker. */
function started() {
  const { port1, port2 } = new MessageChannel()
  serve(port2 as unknown as Port, new Sums())
  const worker = Object.assign(port1, { terminate: () => port1.close() })
  closing.push(() => port1.close())
  return connect<Sums>(worker as unknown as Worker)
}

describe('a call to a worker', () => {
  it('is answered, each with its own answer', async () => {
    const { client } = started()
    expect(await Promise.all([client.add({ a: 1, b: 2 }), client.add({ a: 3, b: 4 })])).toEqual([3, 7])
  })

  it('rejects with the error as it was thrown: code, message, hint, context', async () => {
    const { client } = started()
    await expect(client.fail(null)).rejects.toMatchObject({
      code: 'malformed-file',
      message: 'It breaks off',
      hint: 'Try again.',
      context: { offset: 12 },
    })
  })

  it('tells how far it is, and can be aborted', async () => {
    const { client } = started()
    const controller = new AbortController()
    const progress: number[] = []
    const call = client.count(null, {
      signal: controller.signal,
      onProgress: (fraction) => {
        progress.push(fraction)
        controller.abort()
      },
    })
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    expect(progress).toEqual([0.5])
    await expect(client.add({ a: 1, b: 1 }, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('is cancelled when the worker is terminated, and so is every later one', async () => {
    const { client, terminate } = started()
    const call = client.count(null)
    terminate()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    await expect(client.add({ a: 1, b: 1 })).rejects.toMatchObject({ code: 'cancelled' })
  })
})
