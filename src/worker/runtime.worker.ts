import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { type Port, serve } from './rpc.ts'
import { RuntimeService } from './runtime-service.ts'

/** Absolute: threads resolve relative addresses against themselves, and hang. */
const absolute = (url: string) => new URL(url, self.location.href).href

const threads = self.crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency)) : 1

serve(self as unknown as Port, new RuntimeService({ wasmPaths: { mjs: absolute(mjs), wasm: absolute(wasm) }, threads }))
