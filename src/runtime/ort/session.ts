import type * as Ort from 'onnxruntime-web/wasm'
import type { BytePart } from '../../core/bytes/parts.ts'
import { PortolanError } from '../../core/errors.ts'
import type { DType } from '../../core/ir/dtype.ts'
import type { Dim } from '../../core/ir/types.ts'
import type { Companion } from '../../core/writer.ts'
import { externalise } from './externalise.ts'
import { fromRuntimeTensor, type HostTensor, toRuntimeTensor } from './host-tensor.ts'
import { loadOrt } from './ort-module.ts'

/** An input or output as the session knows it; `dtype` null for sequences and maps. */
export interface SessionValue {
  readonly name: string
  readonly dtype: DType | null
  readonly shape: readonly Dim[] | null
}

export interface SessionOptions {
  /** The files that belong beside the model. */
  readonly companions?: readonly Companion[] | undefined
  /** Threads to compute with; decided by the first session of a worker. */
  readonly threads?: number
  readonly signal?: AbortSignal
}

/** An ONNX model loaded into ONNX Runtime. Holds WebAssembly memory until `release`. */
export interface Session {
  readonly inputs: readonly SessionValue[]
  readonly outputs: readonly SessionValue[]
  /**
   * The outputs for these inputs, by name; all outputs unless some are named.
   * Throws PortolanError('invalid-input') for a missing, unknown or misshapen input, ('runtime') when the model fails.
   */
  run(feeds: ReadonlyMap<string, HostTensor>, outputs?: readonly string[]): Promise<Map<string, HostTensor>>
  release(): Promise<void>
}

function sessionValue(meta: Ort.InferenceSession.ValueMetadata): SessionValue {
  if (!meta.isTensor) return { name: meta.name, dtype: null, shape: null }
  // A dimension without a size and without a symbol comes as an empty string.
  const shape = meta.shape.map((d) => (d === '' ? null : d))
  return { name: meta.name, dtype: meta.type as DType, shape }
}

function runtimeError(what: string, cause: unknown): PortolanError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new PortolanError('runtime', `${what}: ${reason}`, { cause })
}

async function create(
  ort: typeof Ort,
  parts: readonly BytePart[],
  { companions = [], signal }: SessionOptions,
): Promise<Ort.InferenceSession> {
  const { model, externalData } = await externalise({ parts, companions }, signal)
  signal?.throwIfAborted()
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      // 3 = errors; the others are thrown or of no use to a user.
      logSeverityLevel: 3,
      externalData: externalData.map(({ path, data }) => ({ path, data })),
    })
  } catch (cause) {
    throw runtimeError('ONNX Runtime could not load the model', cause)
  }
}

function toFeeds(ort: typeof Ort, inputs: readonly SessionValue[], feeds: ReadonlyMap<string, HostTensor>) {
  const known = new Set(inputs.map((input) => input.name))
  const unknown = [...feeds.keys()].filter((name) => !known.has(name))
  const missing = [...known].filter((name) => !feeds.has(name))
  if (unknown.length > 0 || missing.length > 0) {
    const problems = [
      ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`unknown: ${unknown.join(', ')}`] : []),
    ]
    throw new PortolanError('invalid-input', `The inputs are not those of the model (${problems.join('; ')})`, {
      hint: `The model takes ${[...known].join(', ')}.`,
    })
  }
  return Object.fromEntries([...feeds].map(([name, tensor]) => [name, toRuntimeTensor(ort, name, tensor)]))
}

/**
 * Loads an .onnx file into ONNX Runtime (WebAssembly, in the page's worker and in Node alike).
 * Throws PortolanError('runtime') with the runtime's own words when it refuses the model.
 */
export async function createSession(parts: readonly BytePart[], options: SessionOptions = {}): Promise<Session> {
  const ort = await loadOrt(options.threads)
  options.signal?.throwIfAborted()
  const session = await create(ort, parts, options)
  const inputs = session.inputMetadata.map(sessionValue)
  const outputs = session.outputMetadata.map(sessionValue)
  return {
    inputs,
    outputs,
    async run(feeds, wanted = outputs.map((output) => output.name)) {
      const unreadable = outputs.find((output) => output.dtype === null && wanted.includes(output.name))
      if (unreadable) {
        throw new PortolanError(
          'runtime',
          `The output ${unreadable.name} is a sequence or a map, which JavaScript can not read`,
          {
            hint: 'Convert the model without the ZipMap option, so that probabilities are one tensor.',
          },
        )
      }
      const runtimeFeeds = toFeeds(ort, inputs, feeds)
      let results: Ort.InferenceSession.ReturnType
      try {
        results = await session.run(runtimeFeeds, [...wanted])
      } catch (cause) {
        throw runtimeError('ONNX Runtime could not run the model', cause)
      }
      return new Map(wanted.map((name) => [name, fromRuntimeTensor(name, results[name] as Ort.Tensor)]))
    },
    release: () => session.release(),
  }
}
