import type { BytePart } from '../core/bytes/parts.ts'
import { PortolanError } from '../core/errors.ts'
import { evaluate } from '../core/evaluate/evaluate.ts'
import type { Model, ModelInput, ModelOutput } from '../core/ir/model.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import type { Signature } from '../core/writer.ts'
import { fromHost, toFeed } from './feed.ts'
import { createSession, type SessionOptions, type SessionValue } from './ort/session.ts'

/** Named tensors: what a model takes and gives. */
export type Values = Readonly<Record<string, EvalTensor>>

/** Something that can be fed: the converted model in ONNX Runtime, or the hub's reference evaluator. */
export interface Engine {
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  /** Element types and shapes of the inputs, for forms and random data. */
  readonly inputValues: readonly SessionValue[]
  /** Throws PortolanError('invalid-input') for an input that the model does not take, ('runtime') when it fails. */
  run(values: Values, signal?: AbortSignal): Promise<Values>
  close(): Promise<void>
}

/** An ONNX file in ONNX Runtime. */
export async function onnxEngine(
  parts: readonly BytePart[],
  signature: Signature,
  options: SessionOptions = {},
): Promise<Engine> {
  const session = await createSession(parts, options)
  return {
    inputs: signature.inputs,
    outputs: signature.outputs,
    inputValues: session.inputs,
    async run(values) {
      const feeds = session.inputs.flatMap((input) => {
        const value = values[input.name]
        return value ? [[input.name, toFeed(input, value)] as const] : []
      })
      const known = new Set(session.inputs.map((input) => input.name))
      const unknown = Object.keys(values).filter((name) => !known.has(name))
      if (unknown.length > 0) throw unknownInputs(unknown, [...known])
      const readable = session.outputs.filter((output) => output.dtype !== null).map((output) => output.name)
      const results = await session.run(new Map(feeds), readable)
      return Object.fromEntries([...results].map(([name, tensor]) => [name, fromHost(tensor)]))
    },
    close: () => session.release(),
  }
}

/** The hub's model in the float64 reference evaluator. */
export function referenceEngine(model: Model): Engine {
  return {
    inputs: model.inputs,
    outputs: model.outputs,
    inputValues: model.inputs.map(({ value }) => {
      const type = model.graph.types.get(value)
      return { name: value, dtype: type?.dtype ?? null, shape: type?.shape ?? null }
    }),
    async run(values, signal) {
      const known = model.inputs.map((input) => input.value)
      const unknown = Object.keys(values).filter((name) => !known.includes(name))
      if (unknown.length > 0) throw unknownInputs(unknown, known)
      return evaluate(model.graph, values, signal ? { signal } : {})
    },
    close: async () => {},
  }
}

function unknownInputs(unknown: readonly string[], known: readonly string[]): PortolanError {
  return new PortolanError('invalid-input', `the model has no input ${unknown.join(', ')}`, {
    hint: `It takes ${known.join(', ')}.`,
  })
}
