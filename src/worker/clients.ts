import type { LayoutService } from './layout-service.ts'
import type { ModelService } from './model-service.ts'
import { type Connection, connect } from './rpc.ts'
import type { RuntimeService } from './runtime-service.ts'

type ModelApi = Pick<
  ModelService,
  | 'open'
  | 'compatibility'
  | 'convert'
  | 'runnable'
  | 'hub'
  | 'lowered'
  | 'tree'
  | 'table'
  | 'evaluate'
  | 'weights'
  | 'weightsPage'
  | 'weightsFile'
>
type RuntimeApi = Pick<RuntimeService, 'load' | 'run' | 'compareWithReference' | 'compareWithExpected' | 'csv'>

/** A worker for one file. */
export function startModelWorker(): Connection<ModelApi> {
  return connect(new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module', name: 'model' }))
}

/** A worker for one ONNX Runtime session. */
export function startRuntimeWorker(): Connection<RuntimeApi> {
  return connect(new Worker(new URL('./runtime.worker.ts', import.meta.url), { type: 'module', name: 'runtime' }))
}

/** A worker that arranges graphs. */
export function startLayoutWorker(): Connection<Pick<LayoutService, 'arrange' | 'arrangeTree'>> {
  return connect(new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module', name: 'layout' }))
}
