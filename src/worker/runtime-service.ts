import { blobSource } from '../core/bytes/byte-source.ts'
import { PortolanError } from '../core/errors.ts'
import type { Signature } from '../core/writer.ts'
import { configureOrt, type OrtEnvironment } from '../runtime/ort/ort-module.ts'
import type { SessionValue } from '../runtime/ort/session.ts'
import { type Engine, onnxEngine, type Values } from '../runtime/predict.ts'
import type { CallContext } from './rpc.ts'

/** What the page needs to build a form for a loaded model. */
export interface EngineView extends Signature {
  readonly inputValues: readonly SessionValue[]
  /** Milliseconds that loading took. */
  readonly loadTime: number
}

export interface RunView {
  readonly values: Values
  /** Milliseconds that the run took. */
  readonly time: number
}

/** ONNX Runtime with one model loaded. Lives in a worker of its own: WebAssembly memory is only given back with it. */
export class RuntimeService {
  #engine: Engine | undefined

  constructor(environment: OrtEnvironment) {
    configureOrt(environment)
  }

  load = async (
    { blob, signature }: { blob: Blob; signature: Signature },
    { signal }: CallContext,
  ): Promise<EngineView> => {
    const start = performance.now()
    await this.#engine?.close()
    this.#engine = await onnxEngine([blobSource(blob)], signature, { signal })
    const { inputs, outputs, inputValues } = this.#engine
    return { inputs, outputs, inputValues, loadTime: performance.now() - start }
  }

  run = async ({ values }: { values: Values }): Promise<RunView> => {
    if (!this.#engine) throw new PortolanError('internal', 'no model is loaded')
    const start = performance.now()
    const results = await this.#engine.run(values)
    return { values: results, time: performance.now() - start }
  }
}
