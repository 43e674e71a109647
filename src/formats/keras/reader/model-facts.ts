import type { Fact } from '../../../core/source-model.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import { isObject, type JsonObject } from './config.ts'
import type { KerasLayer } from './keras-layer.ts'
import type { KerasFile } from './open-keras-file.ts'

/** A class, a function or a list of them as text: `Adam`, `binary_crossentropy`, `mae, mse`. */
function nameOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) {
    const names = value.map(nameOf).filter((name) => name !== undefined)
    return names.length > 0 ? names.join(', ') : undefined
  }
  if (!isObject(value)) return undefined
  const name = value['class_name']
  if (typeof name === 'string' && name !== 'function') return name
  if (typeof name === 'string') return nameOf(value['config'])
  const parts = Object.entries(value).flatMap(([key, item]) => {
    const text = nameOf(item)
    return text === undefined ? [] : [`${key}: ${text}`]
  })
  return parts.length > 0 ? parts.join(', ') : undefined
}

function trainingFacts(training: JsonObject): Fact[] {
  const optimizer = training['optimizer'] ?? training['optimizer_config']
  const entries: [string, Json | undefined][] = [
    ['optimizer', optimizer],
    ['loss', training['loss']],
    ['metrics', training['metrics']],
  ]
  return entries.flatMap(([name, value]) => {
    const text = nameOf(value)
    return text === undefined ? [] : [{ name, value: text }]
  })
}

/** The name of a layer's dtype policy: `float32`, `mixed_float16`. */
export function dtypePolicy(layer: KerasLayer): string | undefined {
  const value = layer.config.get('dtype')
  if (typeof value === 'string') return value
  const config = isObject(value) ? value['config'] : undefined
  return isObject(config) && typeof config['name'] === 'string' ? config['name'] : undefined
}

/** The mode of a dtype policy that is one of quantization: `int8`, `float8`, `int4/128`. */
export function modeOfPolicy(policy: Json | undefined): string | undefined {
  const config = isObject(policy) ? policy['config'] : undefined
  const mode = isObject(config) ? config['mode'] : undefined
  return typeof mode === 'string' ? mode : undefined
}

/** `int8` for a layer whose weights `quantize("int8")` has made integers; undefined for one that is not quantized. */
export function quantizationMode(layer: KerasLayer): string | undefined {
  return modeOfPolicy(layer.config.get('dtype'))
}

/** The policies of all layers, those in nested models included. */
function policies(model: KerasLayer): Set<string> {
  const layers = new Set([model])
  const found = new Set<string>()
  for (const layer of layers) {
    for (const inner of layer.model?.layers ?? []) if (inner.className !== 'InputLayer') layers.add(inner)
    const own = layer.model ? undefined : dtypePolicy(layer)
    if (own !== undefined) found.add(own)
  }
  return found
}

export function versionFacts(file: KerasFile): Fact[] {
  return [
    ...(file.kerasVersion === undefined ? [] : [{ name: 'keras', value: file.kerasVersion }]),
    ...(file.backend === undefined ? [] : [{ name: 'backend', value: file.backend }]),
  ]
}

/** "What is it", row by row. */
export function modelFacts(file: KerasFile, model: KerasLayer): Fact[] {
  const names = [...policies(model)]
  return [
    { name: 'model', value: model.className },
    { name: 'name', value: model.name },
    ...(names.length > 0 ? [{ name: 'dtype policy', value: names.join(', ') }] : []),
    ...file.facts,
    ...(file.training ? trainingFacts(file.training) : []),
  ]
}
