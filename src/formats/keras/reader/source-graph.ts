import type { Attributes, Graph, Node } from '../../../core/ir/graph.ts'
import { elementCount, type Tensor } from '../../../core/ir/tensor.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import { type FlatModel, SourceValue } from './flatten.ts'
import { type Argument, type KerasLayer, tensorsIn } from './keras-layer.ts'

/** What training needs and inference does not: it would hide the rest in an inspector. */
const TRAINING_ONLY =
  /(_initializer|_regularizer|_constraint)$|^(name|trainable|seed|build_input_shape|layers|layer|backward_layer|cell|cells|input_layers|output_layers)$/

/** Weights by name, those of layers inside under their role: `forward_layer/cell/kernel`, `layer/dense/kernel`. */
export function weightsOf(layer: KerasLayer, prefix = ''): [string, Tensor][] {
  return [
    ...[...layer.weights].map(([name, tensor]): [string, Tensor] => [prefix + name, tensor]),
    ...[...layer.sublayers].flatMap(([role, sublayer]) => weightsInside(sublayer, `${prefix}${role}/`)),
  ]
}

/** The same of a layer that another one holds, which may be a model. */
function weightsInside(layer: KerasLayer, prefix: string): [string, Tensor][] {
  const members = layer.model?.layers.flatMap((member) => weightsInside(member, `${prefix}${member.name}/`)) ?? []
  return [...weightsOf(layer, prefix), ...members]
}

function attributesOf(layer: KerasLayer, kwargs: Readonly<Record<string, Argument<SourceValue>>>): Attributes {
  const settings = Object.entries(layer.config.entries).filter(
    ([name, value]) =>
      value !== null && !TRAINING_ONLY.test(name) && (name !== 'function' || typeof value === 'string'),
  )
  const inner = [...layer.sublayers].map(([role, sublayer]) => [role, sublayer.className])
  const options = Object.entries(kwargs).filter(
    ([, value]) => value !== null && tensorsIn(value, SourceValue).length === 0,
  )
  return Object.fromEntries([...inner, ...settings, ...options, ...weightsOf(layer)])
}

/** The graph as Keras has it: one node per call of a layer, calls in nested models inside the model's own node. */
export function sourceGraph(name: string, model: FlatModel, types: ReadonlyMap<string, ValueType>): Graph {
  const nodes = model.calls.map((call): Node => {
    const inputs = [...call.args, ...Object.values(call.kwargs)].flatMap((argument) => tensorsIn(argument, SourceValue))
    return {
      id: call.id,
      op: operatorOf(call.layer),
      inputs: inputs.map((value) => value.name),
      outputs: call.outputs,
      attributes: attributesOf(call.layer, call.kwargs),
      origin: [],
      ...(call.id === call.layer.name ? {} : { label: call.layer.name }),
      ...(call.parent === undefined ? {} : { parent: call.parent }),
    }
  })
  return {
    name,
    dialect: 'keras',
    inputs: model.inputs.map(({ value }) => value),
    outputs: model.outputs.map(({ value }) => value),
    nodes,
    constants: new Map(),
    types,
  }
}

/** `keras.Dense`; a function that Keras 2 has wrapped as a layer by the function's own name: `keras.tf.math.square`. */
export function operatorOf(layer: KerasLayer): string {
  const wrapsFunction = /^(TF|Slicing)OpLambda$/.test(layer.className)
  return `keras.${wrapsFunction ? `tf.${layer.config.text('function', layer.className)}` : layer.className}`
}

/** Elements of all weights, each layer counted once however often it is called. */
export function countParameters(model: FlatModel): number {
  const tensors = new Set(model.calls.flatMap(({ layer }) => weightsOf(layer).map(([, tensor]) => tensor)))
  return [...tensors].reduce((sum, tensor) => sum + elementCount(tensor.shape), 0)
}
