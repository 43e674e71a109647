import type { Layout, LayoutInput } from '../layout/layout.ts'
import { startLayoutWorker } from '../worker/clients.ts'

let connection: ReturnType<typeof startLayoutWorker> | undefined
let waiting = 0

/** Arranges a graph in the layout worker. */
export const arrangeGraph = (input: LayoutInput, signal: AbortSignal) => inWorker('arrange', input, signal)

/** Arranges a tree in the layout worker, its branches in their order. */
export const arrangeTree = (input: LayoutInput, signal: AbortSignal) => inWorker('arrangeTree', input, signal)

/**
 * The worker is started with the first graph. When nobody waits for it any more before it has finished, it is stopped.
 */
async function inWorker(method: 'arrange' | 'arrangeTree', input: LayoutInput, signal: AbortSignal): Promise<Layout> {
  connection ??= startLayoutWorker()
  waiting += 1
  try {
    return await connection.client[method](input, { signal })
  } finally {
    waiting -= 1
    if (waiting === 0 && signal.aborted) {
      connection?.terminate()
      connection = undefined
    }
  }
}
