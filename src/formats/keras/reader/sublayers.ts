import type { Json } from '../../../encodings/json/parse-json.ts'
import { type Config, isObject, type JsonObject } from './config.ts'

type Sublayers = readonly (readonly [role: string, config: Json])[]

const held =
  (...keys: string[]) =>
  (config: Config): Sublayers =>
    keys.flatMap((key) => {
      const value = config.get(key)
      return value === undefined ? [] : [[key, value] as const]
    })

/** A cell with the settings of the layer that makes it. */
const cell =
  (className: string) =>
  (config: Config): Sublayers => [['cell', { class_name: className, config: { ...config.entries, name: 'cell' } }]]

/** Layers in a list, by the attribute and their number. */
const listed =
  (key: string) =>
  (config: Config): Sublayers =>
    config.list(key, []).map((value, i) => [`${key}/${i}`, value] as const)

/** Keras 2 writes the backward layer only where it is another one than the forward layer reversed. */
function bidirectional(config: Config): Sublayers {
  const forward = config.get('layer')
  const backward = config.get('backward_layer') ?? reversed(forward)
  return [
    ['forward_layer', forward ?? null],
    ['backward_layer', backward ?? null],
  ]
}

function reversed(layer: Json | undefined): Json | undefined {
  if (!isObject(layer) || !isObject(layer['config'])) return layer
  const { shared_object_id: _forward, ...copy } = layer
  return { ...copy, config: { ...layer['config'], go_backwards: layer['config']['go_backwards'] !== true } }
}

/** The projections of an attention layer are layers that it makes itself. */
const projections =
  (prefix: string) =>
  (config: Config): Sublayers => {
    const settings: JsonObject = { use_bias: config.flag('use_bias', true) }
    const roles = config.flag('use_gate', false)
      ? ['query', 'key', 'value', 'gate', 'output']
      : ['query', 'key', 'value', 'output']
    return roles.map((role) => [
      `${prefix}${role}_dense`,
      {
        class_name: 'EinsumDense',
        config: {
          ...settings,
          bias_axes: settings['use_bias'] ? 'x' : null,
          name: role === 'output' ? 'attention_output' : role,
        },
      },
    ])
  }

const SUBLAYERS: Readonly<Record<string, (config: Config) => Sublayers>> = {
  TimeDistributed: held('layer'),
  SpectralNormalization: held('layer'),
  Bidirectional: bidirectional,
  Pipeline: listed('layers'),
  RNN: (config) => (Array.isArray(config.get('cell')) ? [] : held('cell')(config)),
  StackedRNNCells: listed('cells'),
  LSTM: cell('LSTMCell'),
  GRU: cell('GRUCell'),
  CuDNNLSTM: cell('CuDNNLSTMCell'),
  CuDNNGRU: cell('CuDNNGRUCell'),
  SimpleRNN: cell('SimpleRNNCell'),
  ConvLSTM1D: cell('ConvLSTMCell'),
  ConvLSTM2D: cell('ConvLSTMCell'),
  ConvLSTM3D: cell('ConvLSTMCell'),
  MultiHeadAttention: projections(''),
  GroupQueryAttention: projections(''),
}

/** The layers that a layer of this class holds, by the attribute that holds them. */
export function sublayerConfigs(className: string, config: Config): Sublayers {
  return Object.hasOwn(SUBLAYERS, className) ? (SUBLAYERS[className]?.(config) ?? []) : []
}
