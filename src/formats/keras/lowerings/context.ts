import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import { isFloat } from '../../../core/ir/dtype.ts'
import type { Attributes } from '../../../core/ir/graph.ts'
import { elementCount, type Tensor, tensorOf } from '../../../core/ir/tensor.ts'
import type { Dim } from '../../../core/ir/types.ts'
import type { Config, JsonObject } from '../reader/config.ts'
import type { Argument, CallArguments, KerasLayer } from '../reader/keras-layer.ts'
import { tensorsIn } from '../reader/keras-layer.ts'
import { Blocked } from './blocked.ts'
import { type ComputeType, inType } from './weight-tensors.ts'

/** A tensor between two layers, in the hub. */
export class KerasTensor {
  readonly value: ValueName
  /** Which time steps count (Keras' mask): bool [N, T]. */
  readonly mask: ValueName | undefined

  constructor(value: ValueName, mask?: ValueName) {
    this.value = value
    this.mask = mask
  }
}

/** What all layers of a model that is being lowered share. */
export interface ModelScope {
  readonly hub: GraphBuilder
  /** Keras' major version: 2 or 3. */
  readonly keras: number
  /** Keras of several backends, before 2.4. */
  readonly isMultiBackend: boolean
  readonly constants: Map<Tensor, Map<string, ValueName>>
  readonly diagnostics: Diagnostic[]
  /** Lowers a layer inside another. */
  readonly lowerLayer: (ctx: LayerContext) => KerasTensor[]
}

/** Largest axis that a constant is made for, and largest number of outputs of one operator. */
const MAX_SIZE = 2 ** 24
const MAX_OUTPUTS = 4096

/** One call of a layer, as its lowering sees it. */
export class LayerContext {
  readonly scope: ModelScope
  readonly hub: GraphBuilder
  readonly layer: KerasLayer
  readonly config: Config
  readonly args: readonly Argument<KerasTensor>[]
  readonly kwargs: Readonly<Record<string, Argument<KerasTensor>>>
  /** The id of the source node, the prefix of the names of all it becomes. */
  readonly id: string
  /** The type that the layer computes in. */
  readonly dtype: ComputeType

  constructor(scope: ModelScope, layer: KerasLayer, id: string, dtype: ComputeType, call: CallArguments<KerasTensor>) {
    this.scope = scope
    this.hub = scope.hub
    this.layer = layer
    this.config = layer.config
    this.id = id
    this.dtype = dtype
    this.args = call.args
    this.kwargs = call.kwargs
  }

  /** The same call of a layer that this one holds; `graph` is the body it is added to, when it is not this graph. */
  inside(layer: KerasLayer, inputs: readonly KerasTensor[], scope: ModelScope = this.scope): LayerContext {
    const args = inputs.length === 1 ? [...inputs] : [[...inputs]]
    return new LayerContext(scope, layer, this.id, this.dtype, { args, kwargs: {} })
  }

  /** Lowers a layer that this one holds, over these inputs. */
  call(layer: KerasLayer, inputs: readonly KerasTensor[]): KerasTensor[] {
    return this.scope.lowerLayer(this.inside(layer, inputs))
  }

  /** The same call of a layer with other settings. */
  configured(settings: JsonObject): LayerContext {
    const layer = { ...this.layer, config: this.config.with(settings) }
    return new LayerContext(this.scope, layer, this.id, this.dtype, { args: this.args, kwargs: this.kwargs })
  }

  sublayer(role: string): KerasLayer {
    return this.layer.sublayers.get(role) ?? this.block(`it holds no ${role}`, 'Save the model again.')
  }

  /** All tensors among the positional arguments, with the masks that the call gives them. */
  get tensors(): KerasTensor[] {
    const masks = this.#givenMasks
    return this.args
      .flatMap((argument) => tensorsIn(argument, KerasTensor))
      .map((tensor, i) => {
        const mask = masks[i]
        return mask instanceof KerasTensor ? new KerasTensor(tensor.value, mask.value) : tensor
      })
  }

  /** Keras 3 writes a mask that it computes into the call: one, or one for each input. */
  get #givenMasks(): readonly Argument<KerasTensor>[] {
    const mask = this.kwargs['mask'] ?? []
    return Array.isArray(mask) ? mask : [mask]
  }

  /** The inputs, numbers with fractions in the layer's own type. */
  get inputs(): ValueName[] {
    return this.tensors.map(({ value }) => this.autocast(value))
  }

  get input(): ValueName {
    return this.inputs[0] ?? this.block('it has no input')
  }

  /** The first input in the type in which it arrives. */
  get rawInput(): ValueName {
    return this.tensors[0]?.value ?? this.block('it has no input')
  }

  get mask(): ValueName | undefined {
    return this.tensors[0]?.mask
  }

  /** A tensor in a keyword argument. */
  keyword(name: string): KerasTensor | undefined {
    const value = this.kwargs[name]
    return value instanceof KerasTensor ? value : undefined
  }

  /** All tensors in a keyword argument. */
  keywords(name: string): KerasTensor[] {
    return tensorsIn(this.kwargs[name] ?? null, KerasTensor)
  }

  /** Layers cast their inputs to their own type, integers and text excepted. */
  autocast(value: ValueName): ValueName {
    const { dtype } = this.hub.type(value)
    return dtype !== null && isFloat(dtype) ? this.cast(value, this.dtype) : value
  }

  cast(value: ValueName, to: ComputeType | 'int64' | 'bool'): ValueName {
    return this.hub.type(value).dtype === to ? value : this.op('Cast', [value], { to })
  }

  op(op: string, inputs: readonly ValueName[], attributes: Attributes = {}): ValueName {
    return this.hub.op(op, inputs, attributes, { label: `${this.id}/${op}` })
  }

  ops(op: string, inputs: readonly ValueName[], outputs: number, attributes: Attributes = {}): ValueName[] {
    if (!(outputs > 0 && outputs <= MAX_OUTPUTS)) this.block(`it has ${outputs} outputs`)
    return this.hub.ops(op, inputs, attributes, { label: `${this.id}/${op}`, outputs })
  }

  /** A scalar in the layer's type. */
  scalar(number: number): ValueName {
    return this.numbers([number], [])
  }

  /** A constant of equal numbers in the layer's type. */
  filled(value: number, shape: readonly number[]): ValueName {
    return this.constantOf(shape, () => new Array<number>(elementCount(shape)).fill(value))
  }

  /** A constant of a size that a configuration asks for, made when it is not too large. */
  constantOf(shape: readonly number[], make: () => readonly number[]): ValueName {
    const count = elementCount(shape)
    if (!(count <= MAX_SIZE)) this.block(`it needs a constant of ${count} elements`)
    return this.numbers(make(), shape)
  }

  /** A constant in the layer's type. */
  numbers(values: readonly number[], shape: readonly number[] = [values.length]): ValueName {
    const data = this.dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values)
    return this.hub.constant(tensorOf(this.dtype, shape, data), `${this.id}/constant`)
  }

  /** A constant of integers: axes, sizes, bounds. */
  ints(values: readonly number[], shape?: readonly number[]): ValueName {
    if (!values.every(Number.isSafeInteger)) this.block(`${values.join(', ')} are not all integers`)
    return this.hub.int64(values, shape)
  }

  /** An integer as a scalar. */
  int(value: number): ValueName {
    return this.ints([value], [])
  }

  /** A weight's elements; blocks when the file does not have it. */
  tensor(name: string, layer: KerasLayer = this.layer): Tensor {
    return (
      layer.weights.get(name) ??
      this.block(`its weight ${name} is not in the file`, 'Save the whole model again: model.save("model.keras").')
    )
  }

  optionalTensor(name: string): Tensor | undefined {
    return this.layer.weights.get(name)
  }

  /** A weight as a constant in the layer's type. */
  weight(name: string, layer: KerasLayer = this.layer): ValueName {
    const tensor = this.tensor(name, layer)
    return this.constant(tensor, name, name, (t) => inType(t, this.dtype))
  }

  /**
   * A constant made from a weight, one however often the layer is called. `key` tells apart what is made from the same
   * weight in different ways.
   */
  constant(tensor: Tensor, name: string, key: string, make: (tensor: Tensor) => Tensor): ValueName {
    const made = this.scope.constants.get(tensor) ?? new Map<string, ValueName>()
    this.scope.constants.set(tensor, made)
    const known = made.get(`${key} ${this.dtype}`)
    if (known !== undefined) return known
    const value = this.hub.constant(make(tensor), `${this.id}/${name}`)
    made.set(`${key} ${this.dtype}`, value)
    return value
  }

  shape(value: ValueName): readonly Dim[] {
    return this.hub.type(value).shape ?? this.block('the number of axes of its input is not known')
  }

  rank(value: ValueName): number {
    return this.shape(value).length
  }

  /** An axis counted from the front. */
  axis(axis: number, rank: number): number {
    const result = axis < 0 ? axis + rank : axis
    if (!Number.isInteger(result) || result < 0 || result >= rank)
      this.block(`its axis ${axis} is none of ${rank} axes`)
    return result
  }

  /** The size of an axis that has to be known. */
  size(value: ValueName, axis: number): number {
    const dim = this.shape(value).at(axis)
    if (typeof dim === 'number' && dim <= MAX_SIZE) return dim
    return this.block(
      `the size of axis ${axis} of its input is not known, or too large`,
      'Give the model a fixed input shape and save it again.',
    )
  }

  /** Gives up on this layer: the reason goes to the user together with all others. Without a hint of its own: build it otherwise. */
  block(message: string, hint?: string): never {
    throw new Blocked(message, hint)
  }

  note(severity: 'info' | 'approximate' | 'lossy', code: string, message: string, hint?: string): void {
    this.scope.diagnostics.push({
      severity,
      code,
      message: `${this.layer.name}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      origin: [...this.hub.origin],
    })
  }
}
