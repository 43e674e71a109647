import type { Layout, LayoutInput } from '../layout/layout.ts'
import { startLayoutWorker } from '../worker/clients.ts'

let connection: ReturnType<typeof startLayoutWorker> | undefined
let waiting = 0

/**
 * Arranges a graph in the layout worker, which is started with the first graph. When nobody waits for it any more
 * before it has finished, it is stopped.
 */
export async function arrangeGraph(input: LayoutInput, signal: AbortSignal): Promise<Layout> {
  connection ??= startLayoutWorker()
  waiting += 1
  try {
    return await connection.client.arrange(input, { signal })
  } finally {
    waiting -= 1
    if (waiting === 0 && signal.aborted) {
      connection?.terminate()
      connection = undefined
    }
  }
}
