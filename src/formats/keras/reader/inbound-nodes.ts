import { MalformedFileError } from '../../../core/errors.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import { isObject } from './config.ts'
import { type Argument, type CallArguments, TensorReference } from './keras-layer.ts'

/** What Keras 2 writes in place of a layer's name where a call is given a constant. */
const CONSTANT = '_CONSTANT_VALUE'

type Arguments = CallArguments<TensorReference>

/** Whether an entry of `inbound_nodes` is in the form of Keras 3: Keras 2 writes lists, or a mapping of tensors. */
export function isKeras3Call(node: Json | undefined): node is { args: Json[]; [key: string]: Json } {
  return isObject(node) && Array.isArray(node['args'])
}

/** One entry of `inbound_nodes`: what a layer was called with. Throws MalformedFileError. */
export function parseInboundNode(node: Json, layer: string): Arguments {
  if (isKeras3Call(node)) {
    const kwargs = isObject(node['kwargs']) ? node['kwargs'] : {}
    return { args: node.args.map(parseArgument), kwargs: parseObject(kwargs) }
  }
  const tensors = parseLegacyNode(node)
  if (tensors) return tensors
  throw new MalformedFileError(`A call of the layer ${layer} can not be understood`)
}

/** Keras 3: tensors are objects of the class `__keras_tensor__`. */
function parseArgument(value: Json): Argument<TensorReference> {
  if (Array.isArray(value)) return value.map(parseArgument)
  if (!isObject(value)) return value
  if (value['class_name'] !== '__keras_tensor__') return parseObject(value)
  const history = isObject(value['config']) ? value['config']['keras_history'] : undefined
  const reference = history === undefined ? undefined : parseReference(history)
  if (!reference) throw new MalformedFileError('A tensor of the configuration has no keras_history')
  return reference
}

function parseObject(value: { [key: string]: Json }): Record<string, Argument<TensorReference>> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parseArgument(item)]))
}

/** Calls of one layer and outputs of one call are counted; no real layer has this many. */
const MAX_COUNT = 65_536

const isCount = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_COUNT

/** `[layer, call, index]`, with keyword arguments behind or not. */
export function parseReference(value: Json): TensorReference | undefined {
  if (!Array.isArray(value) || value.length < 3) return undefined
  const [layer, call, index] = value
  if (typeof layer !== 'string' || !isCount(call) || !isCount(index)) return undefined
  return new TensorReference(layer, call, index)
}

/** Keras 2: `[layer, call, index, kwargs]`, or a list or mapping of these as the first argument. */
function parseLegacyNode(node: Json): Arguments | undefined {
  if (isObject(node)) {
    const entries = Object.entries(node).map(([key, item]) => [key, parseLegacyTensor(item)?.value] as const)
    const isMapping = entries.length > 0 && entries.every(([, value]) => value !== undefined)
    return isMapping ? { args: [Object.fromEntries(entries) as Argument<TensorReference>], kwargs: {} } : undefined
  }
  const single = parseLegacyTensor(node)
  if (single) return { args: [single.value], kwargs: single.kwargs }
  const items = Array.isArray(node) ? node.map(parseLegacyTensor) : undefined
  const [first] = items ?? []
  if (!items || !first || items.some((item) => item === undefined)) return undefined
  const values = items.map((item) => item?.value as Argument<TensorReference>)
  return { args: [values.length === 1 ? (values[0] as Argument<TensorReference>) : values], kwargs: first.kwargs }
}

function parseLegacyTensor(value: Json) {
  if (!Array.isArray(value)) return undefined
  const [layer, , constant, kwargs] = value
  const argument = layer === CONSTANT ? (constant ?? null) : parseReference(value)
  return argument === undefined
    ? undefined
    : { value: argument as Argument<TensorReference>, kwargs: isObject(kwargs) ? parseLegacyKwargs(kwargs) : {} }
}

function parseLegacyKwargs(kwargs: { [key: string]: Json }): Record<string, Argument<TensorReference>> {
  return Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, parseLegacyValue(value)]))
}

/** A tensor in a keyword argument is a list of exactly a layer's name and two numbers. */
function parseLegacyValue(value: Json): Argument<TensorReference> {
  if (Array.isArray(value)) {
    const reference = value.length === 3 ? parseReference(value) : undefined
    return reference ?? value.map(parseLegacyValue)
  }
  return isObject(value) ? parseLegacyKwargs(value) : value
}
