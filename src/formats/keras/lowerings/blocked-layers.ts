import type { Diagnostic } from '../../../core/diagnostics.ts'
import { PortolanError } from '../../../core/errors.ts'
import type { FlatCall } from '../reader/flatten.ts'
import type { KerasLayer } from '../reader/keras-layer.ts'
import { operatorOf } from '../reader/source-graph.ts'
import { Blocked, REBUILD } from './blocked.ts'

const HASHED = {
  message: 'ONNX has no operator that computes its hash',
  hint: 'Hash before the model, or give a StringLookup or IntegerLookup the vocabulary and train again.',
}

const SPECTROGRAM = {
  message: 'there is no conversion for the Fourier transforms that it makes',
  hint: 'Compute the spectrogram before the model: save the part behind it, keras.Model(model.get_layer("…").output, model.output).',
}

/** Layers of Keras' own that stay without a conversion. */
const IMPOSSIBLE: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  TextVectorization: {
    message: 'ONNX has no operators that strip punctuation and count words as it does',
    hint: 'Run the layer before the model: save the part behind it, keras.Model(model.get_layer("…").output, model.output).',
  },
  MelSpectrogram: SPECTROGRAM,
  STFTSpectrogram: SPECTROGRAM,
  Merge: {
    message: 'Merge is a layer of Keras 1, which later versions can not read either',
    hint: 'Build the model again with Add, Multiply, Concatenate or Dot in its place, new_model.set_weights(model.get_weights()), and save that.',
  },
  Hashing: HASHED,
  HashedCrossing: HASHED,
}

/** Why a layer without a lowering can not be converted, and what its author can do about it. */
export function withoutConversion(layer: KerasLayer): Blocked {
  const { className, config } = layer
  if (className === 'Lambda') return lambda(config.get('function'))
  if (layer.isCustom) {
    const name = className.replace(/^.*>/, '')
    return new Blocked(
      `the file names the class ${name}, but its Python code is not in the file`,
      `${name} is your own layer: ${REBUILD}`,
    )
  }
  const impossible = Object.hasOwn(IMPOSSIBLE, className) ? IMPOSSIBLE[className] : undefined
  if (impossible) return new Blocked(impossible.message, impossible.hint)
  const operator = operatorOf(layer).replace(/^keras\./, '')
  if (/^(ops|tf)\./.test(operator)) {
    return new Blocked(`there is no conversion for the function ${operator}`, `Compute it in another way: ${REBUILD}`)
  }
  return new Blocked(
    `there is no conversion for the class ${className}`,
    `If ${className} is your own layer, or one of another package, its Python code is not in the file. Do without it: ${REBUILD}`,
  )
}

/** A function by its name, or the bytecode of a lambda. */
function lambda(value: unknown): Blocked {
  const hint = `Write what it computes as layers: ${REBUILD}`
  return typeof value === 'string'
    ? new Blocked(`a Lambda layer calls the Python function ${value}, which is not in the file`, hint)
    : new Blocked('a Lambda layer holds Python bytecode, which is never run', hint)
}

/** One reason, and all layers that it holds for. */
interface Reason {
  readonly first: FlatCall
  readonly message: string
  readonly hint: string | undefined
  readonly origin: string[]
}

/** The layers of a model that can not be converted, those for the same reason together. */
export class BlockedLayers {
  readonly #reasons = new Map<string, Reason>()

  /** Throws the error again when it is not about the layer. */
  add(call: FlatCall, error: unknown): void {
    const isReason = error instanceof Blocked || (error instanceof PortolanError && error.code !== 'internal')
    if (!isReason) throw error
    const { message, hint } = error
    const key = `${operatorOf(call.layer)}\0${message}`
    const known = this.#reasons.get(key)
    if (known) known.origin.push(call.id)
    else this.#reasons.set(key, { first: call, message, hint, origin: [call.id] })
  }

  diagnostics(): Diagnostic[] {
    return [...this.#reasons.values()].map(({ first, message, hint, origin }) => {
      const more = origin.length === 1 ? '' : ` and ${origin.length - 1} more like it`
      return {
        severity: 'blocked',
        code: 'unsupported-operator',
        message: `${first.id} (${first.layer.className})${more}: ${message}`,
        ...(hint === undefined ? {} : { hint }),
        operator: operatorOf(first.layer),
        origin,
      }
    })
  }
}
