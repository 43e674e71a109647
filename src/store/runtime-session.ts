import { startRuntimeWorker } from '../worker/clients.ts'
import type { RunnableView } from '../worker/model-service.ts'
import type { EngineView } from '../worker/runtime-service.ts'

type RuntimeConnection = ReturnType<typeof startRuntimeWorker>

/** The worker that ONNX Runtime runs in, started when a model is loaded into it. */
export class RuntimeSession {
  #connection: RuntimeConnection | undefined

  /** Loads an ONNX file; one loaded before, and its memory, are given up. Rejects with 'cancelled' after `close`. */
  load(model: Pick<RunnableView, 'blob' | 'companions' | 'signature'>): Promise<EngineView> {
    this.close()
    this.#connection = startRuntimeWorker()
    return this.#connection.client.load(model)
  }

  /** Undefined while nothing is loaded. */
  client(): RuntimeConnection['client'] | undefined {
    return this.#connection?.client
  }

  /** Terminates the worker; everything under way rejects with 'cancelled'. */
  close(): void {
    this.#connection?.terminate()
    this.#connection = undefined
  }
}
