import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../../core/errors.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import { Config, isObject, type JsonObject } from './config.ts'
import { parseInboundNode, parseReference } from './inbound-nodes.ts'
import { type CallArguments, type KerasLayer, type KerasModel, type LayerCall, TensorReference } from './keras-layer.ts'
import { sortCalls } from './sort-calls.ts'
import { sublayerConfigs } from './sublayers.ts'

/** Models inside models and wrappers around wrappers; real ones go three deep. */
const MAX_DEPTH = 64

const FUNCTIONAL: ReadonlySet<string> = new Set(['Functional', 'Model'])

/** A layer's entry in a model's list: its class, its configuration, and who called it. */
interface LayerEntry {
  readonly className: string
  readonly config: Config
  readonly name: string
  readonly inboundNodes: readonly Json[]
  readonly isCustom: boolean
}

function layerEntry(value: Json | undefined, where: string): LayerEntry {
  if (!isObject(value) || typeof value['class_name'] !== 'string' || !isObject(value['config'] ?? null)) {
    // Sequential's config was a plain list before Keras 2.2.3.
    const isList = isObject(value) && value['class_name'] === 'Sequential' && Array.isArray(value['config'])
    if (!isList) throw new MalformedFileError(`${where} is not described by a class_name and a config`)
  }
  const entry = value as JsonObject
  const className = String(entry['class_name'])
  const entries: JsonObject = Array.isArray(entry['config'])
    ? { layers: entry['config'] }
    : { ...(entry['config'] as JsonObject) }
  const name = [entry['name'], entries['name']].find((n) => typeof n === 'string') as string | undefined
  const module = typeof entry['module'] === 'string' ? entry['module'] : ''
  return {
    className: /^keras\.src\.ops\b/.test(module) ? `ops.${className}` : className,
    config: new Config(withBuildConfig(entries, entry['build_config']), `the layer ${name ?? className}`),
    name: name ?? className.toLowerCase(),
    inboundNodes: Array.isArray(entry['inbound_nodes']) ? entry['inbound_nodes'] : [],
    isCustom:
      className.includes('>') || (module !== '' && !/^keras\b|^builtins$|^tf_keras\b|^tensorflow\b/.test(module)),
  }
}

/** A Sequential model that has no input layer says in its build_config what it was built for. */
function withBuildConfig(entries: JsonObject, build: Json | undefined): JsonObject {
  const shape = isObject(build) ? build['input_shape'] : undefined
  return shape === undefined || entries['build_input_shape'] ? entries : { ...entries, build_input_shape: shape }
}

/**
 * The model that a file's configuration describes, without weights. Reads Keras 1.2 to 3, Sequential and functional.
 * Throws UnsupportedError for a subclassed model, MalformedFileError for contradictions, LimitExceededError for nesting.
 */
export function parseModel(config: Json): KerasLayer {
  const entry = layerEntry(config, 'The model')
  const layer = parseLayer(entry, 0)
  if (layer.model) return layer
  throw new UnsupportedError(
    `The model ${entry.name} is of the class ${entry.className}, whose code is not in the file`,
    {
      hint: 'Only Sequential and functional models are described by their files: build the same layers with the functional API and save that.',
    },
  )
}

function parseLayer(entry: LayerEntry, depth: number): KerasLayer {
  if (depth > MAX_DEPTH) {
    throw new LimitExceededError(`Models are nested more than ${MAX_DEPTH} deep`, { context: { limit: MAX_DEPTH } })
  }
  const { className, name, config, isCustom } = entry
  const sublayers = new Map<string, KerasLayer>()
  for (const [role, value] of sublayerConfigs(className, config)) {
    sublayers.set(role, parseLayer(layerEntry(value, `The ${role} of the layer ${name}`), depth + 1))
  }
  const layer = { className, name, config, isCustom, sublayers, weights: new Map() }
  const isModel = config.has('layers') && Array.isArray(config.get('layers'))
  if (!isModel) return layer
  if (className === 'Sequential') return { ...layer, model: parseSequential(entry, depth) }
  if (config.has('input_layers')) return { ...layer, model: parseFunctional(entry, depth) }
  return layer
}

function parseSequential({ name, config }: LayerEntry, depth: number): KerasModel {
  const entries = config.list('layers').map((value, i) => layerEntry(value, `Layer ${i} of ${name}`))
  const layers = entries.map((entry) => parseLayer(entry, depth + 1))
  const first = layers[0]
  if (!first) throw new MalformedFileError(`The Sequential model ${name} has no layers`)
  const input = first.className === 'InputLayer' ? first : impliedInput(first, config)
  const counts = new Map<string, number>()
  let last = new TensorReference(input.name, 0, 0)
  const calls = (input === first ? layers.slice(1) : layers).map((layer): LayerCall => {
    const index = counts.get(layer.name) ?? 0
    counts.set(layer.name, index + 1)
    const call = { layer, index, args: [last], kwargs: {} }
    last = new TensorReference(layer.name, index, 0)
    return call
  })
  return {
    name,
    layers: input === first ? layers : [input, ...layers],
    calls,
    inputs: [new TensorReference(input.name, 0, 0)],
    outputs: [last],
  }
}

/** The input layer that Keras makes for a Sequential model which starts with another layer. */
function impliedInput(first: KerasLayer, config: Config): KerasLayer {
  const inner = first.model?.layers.find((layer) => layer.className === 'InputLayer')?.config
  const shape =
    first.config.get('batch_input_shape') ??
    config.get('build_input_shape') ??
    inner?.get('batch_input_shape') ??
    inner?.get('batch_shape') ??
    null
  const dtype = first.className === 'Embedding' ? undefined : inner?.get('dtype')
  const entries = { batch_input_shape: shape, ...(dtype === undefined ? {} : { dtype }) }
  return {
    className: 'InputLayer',
    name: `${first.name}_input`,
    config: new Config(entries, `the input of ${first.name}`),
    isCustom: false,
    sublayers: new Map(),
    weights: new Map(),
  }
}

function parseFunctional({ name, className, config }: LayerEntry, depth: number): KerasModel {
  const entries = config.list('layers').map((value, i) => layerEntry(value, `Layer ${i} of ${name}`))
  const layers = new Map<string, KerasLayer>()
  const calls: LayerCall[] = []
  for (const entry of entries) {
    if (layers.has(entry.name)) throw new MalformedFileError(`The model ${name} has two layers named ${entry.name}`)
    const layer = parseLayer(entry, depth + 1)
    layers.set(entry.name, layer)
    for (const [index, node] of entry.inboundNodes.entries()) {
      calls.push({ layer, index, ...(parseInboundNode(node, entry.name) as CallArguments<TensorReference>) })
    }
  }
  const references = (key: string) => parseReferences(config.get(key), `The ${key} of ${name}`)
  const isModern = entries.some(({ inboundNodes }) => inboundNodes.some((node) => isObject(node)))
  const model = {
    name,
    className,
    layers: [...layers.values()],
    calls,
    inputs: references('input_layers'),
    outputs: references('output_layers'),
  }
  return sortCalls(model, isModern, (layer) => FUNCTIONAL.has(layer.className))
}

/** One `[layer, call, index]`, a list of them, or a mapping to them. */
function parseReferences(value: Json | undefined, where: string): TensorReference[] {
  if (value === undefined) throw new MalformedFileError(`${where} is missing`)
  const single = parseReference(value)
  if (single) return [single]
  const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
  if (items.length === 0) throw new MalformedFileError(`${where} are not references to layers`)
  return items.flatMap((item) => parseReferences(item ?? undefined, where))
}
