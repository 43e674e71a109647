import { blobSource } from '../core/bytes/byte-source.ts'
import { PortolanError } from '../core/errors.ts'
import type { Signature } from '../core/writer.ts'
import { type Comparison, compareTables, type Tolerance } from '../runtime/compare.ts'
import { compareValues, type OutputAgreement } from '../runtime/compare-values.ts'
import { tableFromCsv, tableToCsv } from '../runtime/csv-table.ts'
import { configureOrt, type OrtEnvironment } from '../runtime/ort/ort-module.ts'
import type { SessionValue } from '../runtime/ort/session.ts'
import { type Engine, onnxEngine, type Values } from '../runtime/predict.ts'
import { outputsToTable, type TextTable } from '../runtime/table.ts'
import { companionsOf } from './model-files.ts'
import type { Evaluation, RunnableView } from './model-service.ts'
import type { CallContext } from './rpc.ts'
import { type RunView, runView, tabular } from './run-view.ts'
import { requestValues, type TestRequest } from './test-request.ts'

/** What the page needs to build a form for a loaded model. */
export interface EngineView extends Signature {
  readonly inputValues: readonly SessionValue[]
  /** Milliseconds that loading took. */
  readonly loadTime: number
}

/** ONNX Runtime with one model loaded. Lives in a worker of its own: WebAssembly memory is only given back with it. */
export class RuntimeService {
  #engine: Engine | undefined
  #results: Values | undefined

  constructor(environment: OrtEnvironment) {
    configureOrt(environment)
  }

  load = async (
    { blob, companions, signature }: Pick<RunnableView, 'blob' | 'companions' | 'signature'>,
    { signal }: CallContext,
  ): Promise<EngineView> => {
    const start = performance.now()
    await this.#engine?.close()
    this.#results = undefined
    this.#engine = await onnxEngine([blobSource(blob)], signature, { companions: companionsOf(companions), signal })
    const { inputs, outputs, inputValues } = this.#engine
    return { inputs, outputs, inputValues, loadTime: performance.now() - start }
  }

  /** Runs the model; the answers are kept for comparing. */
  run = async ({ request }: { request: TestRequest }): Promise<RunView> => {
    const engine = this.#engine
    if (!engine) throw new PortolanError('internal', 'no model is loaded')
    const values = await requestValues(engine, request)
    const start = performance.now()
    this.#results = await engine.run(values)
    return runView(engine.outputs, this.#results, performance.now() - start)
  }

  /** The last run against the reference evaluation of the same request. */
  compareWithReference = async ({
    reference,
    tolerance,
  }: {
    reference: Evaluation
    tolerance: number
  }): Promise<readonly OutputAgreement[]> => compareValues(this.#lastRun(), reference, tolerance)

  /** The last run against answers from a CSV. Throws PortolanError('invalid-input') when the file is no table. */
  compareWithExpected = async ({ file, tolerance }: { file: Blob; tolerance: Tolerance }): Promise<Comparison> => {
    const expected = tableFromCsv(new Uint8Array(await file.arrayBuffer()))
    return compareTables(this.#lastTable(), expected, tolerance)
  }

  /** The last run's answers as a CSV file. */
  csv = async (_: null): Promise<Blob> => new Blob([tableToCsv(this.#lastTable())], { type: 'text/csv' })

  #lastRun() {
    if (!this.#engine || !this.#results) throw new PortolanError('internal', 'nothing has been run')
    return { outputs: this.#engine.outputs, values: this.#results }
  }

  #lastTable(): TextTable {
    const { outputs, values } = this.#lastRun()
    return outputsToTable(tabular(outputs, values), values)
  }
}
