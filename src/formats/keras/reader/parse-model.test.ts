import { describe, expect, it } from 'vitest'
import { parseModel } from './parse-model.ts'

const tensor = (name: string) => ({ class_name: '__keras_tensor__', config: { keras_history: [name, 0, 0] } })
const input = (name: string) => ({
  class_name: 'InputLayer',
  config: { batch_shape: [null, 3], name },
  name,
  inbound_nodes: [],
})
const call = (...args: object[]) => [{ args, kwargs: {} }]

const functional = (name: string, layers: object[], inputs: string, outputs: string) => ({
  class_name: 'Functional',
  config: { name, layers, input_layers: [[inputs, 0, 0]], output_layers: [[outputs, 0, 0]] },
})

describe('parseModel', () => {
  it('takes what lacks the settings of a layer for an operation, where modules are not named', () => {
    const layers = [
      input('x'),
      { class_name: 'Add', config: { name: 'sum' }, name: 'sum', inbound_nodes: call(tensor('x'), tensor('x')) },
      {
        class_name: 'Add',
        config: { name: 'add', trainable: true, dtype: 'float32' },
        name: 'add',
        inbound_nodes: call(tensor('sum')),
      },
      {
        class_name: 'SpatialDropout1D',
        config: { rate: 0.1, name: 'drop', dtype: 'float32' },
        name: 'drop',
        inbound_nodes: call(tensor('add')),
      },
    ]
    const { model } = parseModel(functional('m', layers, 'x', 'drop') as never)
    expect(model?.layers.map(({ className }) => className)).toEqual([
      'InputLayer',
      'ops.Add',
      'Add',
      'SpatialDropout1D',
    ])
  })

  it('knows a layer of two models as one', () => {
    const dense = { class_name: 'Dense', config: { name: 'dense', trainable: true }, name: 'dense' }
    const shared = { ...dense, shared_object_id: 7 }
    const inner = (name: string, layer: object) =>
      functional(name, [input('x'), { ...layer, inbound_nodes: call(tensor('x')) }], 'x', 'dense')
    const at = (name: string, model: object, from: string) => ({ ...model, name, inbound_nodes: call(tensor(from)) })
    const layers = [input('x'), at('a', inner('a', dense), 'x'), at('b', inner('b', shared), 'a')]
    const [, a, b] = parseModel(functional('m', layers, 'x', 'b') as never).model?.layers ?? []
    expect(b?.model?.layers[1]).toBe(a?.model?.layers[1])
  })

  it('orders the inputs of a mapping by their keys', () => {
    const config = functional('m', [input('x'), input('y')], 'x', 'y')
    const named = { ...config, config: { ...config.config, input_layers: { b: ['x', 0, 0], a: ['y', 0, 0] } } }
    const { model } = parseModel(named as never)
    expect(model?.inputNames).toEqual(['a', 'b'])
    expect(model?.inputs.map(({ layer }) => layer)).toEqual(['y', 'x'])
  })
})
