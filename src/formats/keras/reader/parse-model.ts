import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../../core/errors.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import { Config, isObject, type JsonObject } from './config.ts'
import { isKeras3Call, parseInboundNode, parseReference } from './inbound-nodes.ts'
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
  /** Keras' number for a layer that stands in several models. */
  readonly sharedObject?: number
}

/** Classes by the name that Keras exports them under. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['GroupedQueryAttention', 'GroupQueryAttention'],
  ['SyncBatchNormalization', 'BatchNormalization'],
  // keras.applications registers it as its users do their own (Keras 2.9 to 2.15).
  ['Custom>CustomScaleLayer', 'CustomScaleLayer'],
])

/** Layers whose configuration does not say whether they are trainable (Keras 3.15). */
const TERSE_LAYERS = /^(Discretization|HashedCrossing|InputLayer|SpatialDropout\dD)$/

/**
 * Whether an entry is an operation of keras.ops. An .h5 file of Keras 3 does not name modules: there, operations are what lacks
 * the settings that all layers have.
 */
function isOperation(entry: JsonObject, config: JsonObject, module: string): boolean {
  if (module !== '') return /^keras\.src\.ops\b/.test(module)
  const [node] = Array.isArray(entry['inbound_nodes']) ? entry['inbound_nodes'] : []
  return (
    isKeras3Call(node) &&
    !('trainable' in config || 'layers' in config || TERSE_LAYERS.test(String(entry['class_name'])))
  )
}

function layerEntry(value: Json | undefined, where: string): LayerEntry {
  if (!isObject(value) || typeof value['class_name'] !== 'string' || !isObject(value['config'] ?? null)) {
    // Sequential's config was a plain list before Keras 2.2.3.
    const isList = isObject(value) && value['class_name'] === 'Sequential' && Array.isArray(value['config'])
    if (!isList) throw new MalformedFileError(`${where} is not described by a class_name and a config`)
  }
  const entry = value as JsonObject
  const givenName = String(entry['class_name'])
  const className = ALIASES.get(givenName) ?? givenName
  const entries: JsonObject = Array.isArray(entry['config'])
    ? { layers: entry['config'] }
    : { ...(entry['config'] as JsonObject) }
  const name = [entry['name'], entries['name']].find((n) => typeof n === 'string') as string | undefined
  const module = typeof entry['module'] === 'string' ? entry['module'] : ''
  const sharedObject = entry['shared_object_id']
  return {
    className: isOperation(entry, entries, module) ? `ops.${className}` : className,
    ...(typeof sharedObject === 'number' ? { sharedObject } : {}),
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
  const layer = new ModelParser().layer(entry, 0)
  if (layer.model) return layer
  throw new UnsupportedError(
    `The model ${entry.name} is of the class ${entry.className}, whose code is not in the file`,
    {
      hint: 'Only Sequential and functional models are described by their files: build the same layers with the functional API and save that.',
    },
  )
}

function checkDepth(depth: number): void {
  if (depth <= MAX_DEPTH) return
  throw new LimitExceededError(`Models are nested more than ${MAX_DEPTH} deep`, { context: { limit: MAX_DEPTH } })
}

/** Parses the layers of one file: a layer that stands in several models is one and the same. */
class ModelParser {
  readonly #byId = new Map<number, KerasLayer>()
  /** Layers that their own entry gives no number. */
  readonly #byName = new Map<string, KerasLayer>()
  /** How deep the layers in a layer are nested. */
  readonly #heights = new Map<KerasLayer, number>()

  layer(entry: LayerEntry, depth: number): KerasLayer {
    const { sharedObject, className, name } = entry
    const key = `${className}\0${name}`
    // Keras 2.5 numbers every layer, later versions only the second and further entries of one.
    const known = sharedObject === undefined ? undefined : (this.#byId.get(sharedObject) ?? this.#byName.get(key))
    const layer = known ?? this.#parse(entry, depth)
    checkDepth(depth + (this.#heights.get(layer) ?? 0))
    if (sharedObject === undefined) this.#byName.set(key, layer)
    else this.#byId.set(sharedObject, layer)
    return layer
  }

  #parse(entry: LayerEntry, depth: number): KerasLayer {
    checkDepth(depth)
    const layer = this.#parseContents(entry, depth)
    const inner = [...layer.sublayers.values(), ...(layer.model?.layers ?? [])]
    this.#heights.set(
      layer,
      inner.reduce((height, child) => Math.max(height, 1 + (this.#heights.get(child) ?? 0)), 0),
    )
    return layer
  }

  #parseContents(entry: LayerEntry, depth: number): KerasLayer {
    const { className, name, config, isCustom } = entry
    const sublayers = new Map<string, KerasLayer>()
    for (const [role, value] of sublayerConfigs(className, config)) {
      sublayers.set(role, this.layer(layerEntry(value, `The ${role} of the layer ${name}`), depth + 1))
    }
    const layer = { className, name, config, isCustom, sublayers, weights: new Map(), assets: new Map() }
    const isModel = config.has('layers') && Array.isArray(config.get('layers'))
    if (!isModel) return layer
    if (className === 'Sequential') return { ...layer, model: this.#sequential(entry, depth) }
    if (config.has('input_layers')) return { ...layer, model: this.#functional(entry, depth) }
    return layer
  }

  #sequential({ name, config }: LayerEntry, depth: number): KerasModel {
    const entries = config.list('layers').map((value, i) => layerEntry(value, `Layer ${i} of ${name}`))
    const layers = entries.map((entry) => this.layer(entry, depth + 1))
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
      inputNames: [input.name],
      outputs: [last],
    }
  }

  #functional({ name, className, config }: LayerEntry, depth: number): KerasModel {
    const entries = config.list('layers').map((value, i) => layerEntry(value, `Layer ${i} of ${name}`))
    const layers = new Map<string, KerasLayer>()
    const calls: LayerCall[] = []
    for (const entry of entries) {
      if (layers.has(entry.name)) throw new MalformedFileError(`The model ${name} has two layers named ${entry.name}`)
      const layer = this.layer(entry, depth + 1)
      layers.set(entry.name, layer)
      for (const [index, node] of entry.inboundNodes.entries()) {
        calls.push({ layer, index, ...(parseInboundNode(node, entry.name) as CallArguments<TensorReference>) })
      }
    }
    const references = (key: string) => parseReferences(config.get(key), `The ${key} of ${name}`)
    const given = config.get('input_layers')
    const inputs = references('input_layers')
    const isModern = entries.some(({ inboundNodes }) => inboundNodes.some(isKeras3Call))
    const model = {
      name,
      className,
      layers: [...layers.values()],
      calls,
      inputs,
      inputNames: isObject(given) ? sortedKeys(given) : inputs.map(({ layer }) => layer),
      outputs: references('output_layers'),
    }
    return sortCalls(model, isModern, (layer) => FUNCTIONAL.has(layer.className))
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
    assets: new Map(),
  }
}

const sortedKeys = (value: JsonObject) => Object.keys(value).sort()

/** One `[layer, call, index]`, a list of them, or a mapping to them: Keras orders those by their keys. */
function parseReferences(value: Json | undefined, where: string): TensorReference[] {
  if (value === undefined) throw new MalformedFileError(`${where} is missing`)
  const single = parseReference(value)
  if (single) return [single]
  const items = Array.isArray(value) ? value : isObject(value) ? sortedKeys(value).map((key) => value[key]) : []
  if (items.length === 0) throw new MalformedFileError(`${where} are not references to layers`)
  return items.flatMap((item) => parseReferences(item ?? undefined, where))
}
