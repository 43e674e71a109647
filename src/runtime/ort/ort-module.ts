import type * as Ort from 'onnxruntime-web/wasm'
import { PortolanError } from '../../core/errors.ts'

export interface OrtEnvironment {
  /** Where the WebAssembly module and its loader are, as absolute URLs; the package's own files when absent (Node). */
  readonly wasmPaths?: { readonly mjs: string; readonly wasm: string }
  /** Threads to compute with; 1 where the page is not cross-origin isolated, whatever is asked. */
  readonly threads?: number
}

let environment: OrtEnvironment = {}
let loading: Promise<typeof Ort> | undefined

/** States where ONNX Runtime's files are; to be called by the platform (worker, command line) before the first session. */
export function configureOrt(options: OrtEnvironment): void {
  environment = options
}

/** ONNX Runtime, imported on first use: its WebAssembly has 14 MB. The only place that imports it. */
export function loadOrt(threads = environment.threads): Promise<typeof Ort> {
  loading ??= import('onnxruntime-web/wasm').then(
    (ort) => {
      ort.env.logLevel = 'error'
      ort.env.wasm.numThreads = threads ?? 1
      if (environment.wasmPaths) ort.env.wasm.wasmPaths = { ...environment.wasmPaths }
      return ort
    },
    (cause: unknown) => {
      loading = undefined
      throw new PortolanError('runtime', 'ONNX Runtime could not be loaded', {
        hint: 'Reload the page; if it stays so, the browser may block WebAssembly.',
        cause,
      })
    },
  )
  return loading
}
