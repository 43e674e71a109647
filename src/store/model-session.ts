import { PortolanError } from '../core/errors.ts'
import { startModelWorker } from '../worker/clients.ts'
import type { CompanionFile } from '../worker/model-files.ts'
import type { ModelSummary } from '../worker/model-service.ts'

type ModelConnection = ReturnType<typeof startModelWorker>

/**
 * The worker behind an open file. Whoever waits too long can have it terminated: the file is opened again, in a new
 * worker, when something is next asked of it; so it is after a crash.
 */
export class ModelSession {
  readonly file: Blob
  readonly name: string
  readonly #companions: readonly CompanionFile[]
  #worker: { readonly connection: ModelConnection; readonly opened: Promise<ModelSummary> } | undefined
  #isClosed = false

  /** `companions`: the files beside it, which it may name. */
  constructor(file: Blob, name: string, companions: readonly CompanionFile[] = []) {
    this.file = file
    this.name = name
    this.#companions = companions
  }

  /** What the file is. Rejects as the worker's `open` does, with 'cancelled' after `interrupt`. */
  open(): Promise<ModelSummary> {
    return this.#start().opened
  }

  /** The worker's client, the file being open in it. */
  async client(): Promise<ModelConnection['client']> {
    const { connection, opened } = this.#start()
    await opened
    return connection.client
  }

  /** Terminates the worker; everything under way rejects with 'cancelled'. */
  interrupt(): void {
    this.#worker?.connection.terminate()
    this.#worker = undefined
  }

  close(): void {
    this.#isClosed = true
    this.interrupt()
  }

  #start() {
    if (this.#isClosed) throw new PortolanError('cancelled', `${this.name} was closed`)
    if (!this.#worker || this.#worker.connection.isDead) {
      const connection = startModelWorker()
      this.#worker = {
        connection,
        opened: connection.client.open({ file: this.file, name: this.name, companions: this.#companions }),
      }
    }
    return this.#worker
  }
}
