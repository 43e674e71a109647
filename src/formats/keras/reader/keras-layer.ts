import type { Tensor } from '../../../core/ir/tensor.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import type { Config } from './config.ts'

/** A layer, operation or nested model as the file describes it; called once or, when it is shared, several times. */
export interface KerasLayer {
  /** `Dense`, `fixtures>ScaleBy`, `Functional`; of an operation of keras.ops `ops.Add`. */
  readonly className: string
  readonly name: string
  readonly config: Config
  /** Keras' own code, or somebody's whose code is not in the file. */
  readonly isCustom: boolean
  /** Layers and calls inside, when it is a model. */
  readonly model?: KerasModel
  /** Layers that it holds: `layer` of a wrapper, `cell` of RNN, `query_dense` of an attention. */
  readonly sublayers: ReadonlyMap<string, KerasLayer>
  /** Its own weights by their names in Keras (`kernel`, `moving_mean`), filled after the configuration has been read. */
  readonly weights: Map<string, Tensor>
  /** Text files that the archive holds for the layer, by name: `vocabulary.txt`. */
  readonly assets: Map<string, string>
}

/** A tensor inside one model: output `index` of call number `call` of a layer. */
export class TensorReference {
  readonly layer: string
  readonly call: number
  readonly index: number

  constructor(layer: string, call: number, index: number) {
    this.layer = layer
    this.call = call
    this.index = index
  }
}

/** An argument of a call: tensors of type T anywhere inside plain JSON. */
export type Argument<T> = T | Exclude<Json, Json[] | object> | Argument<T>[] | { [key: string]: Argument<T> }

export interface CallArguments<T> {
  readonly args: readonly Argument<T>[]
  readonly kwargs: Readonly<Record<string, Argument<T>>>
}

/** One call of a layer. */
export interface LayerCall extends CallArguments<TensorReference> {
  readonly layer: KerasLayer
  /** Which of the layer's calls in this model it is. */
  readonly index: number
}

/** A Sequential or functional model; of a subclassed one the file tells nothing. */
export interface KerasModel {
  readonly name: string
  /** In the file's order, input layers included. */
  readonly layers: readonly KerasLayer[]
  /** In topological order, calls of input layers left out. */
  readonly calls: readonly LayerCall[]
  readonly inputs: readonly TensorReference[]
  /** What each input is called where the model is called with a mapping. */
  readonly inputNames: readonly string[]
  readonly outputs: readonly TensorReference[]
}

/** The tensors in an argument, in order. */
export function tensorsIn<T extends object>(argument: Argument<T>, type: abstract new (...args: never[]) => T): T[] {
  if (argument instanceof type) return [argument]
  if (Array.isArray(argument)) return argument.flatMap((item) => tensorsIn(item, type))
  if (typeof argument !== 'object' || argument === null) return []
  return Object.values(argument).flatMap((item) => tensorsIn(item as Argument<T>, type))
}

/** An argument with other tensors in place of its own. */
export function mapTensors<T extends object, U>(
  argument: Argument<T>,
  type: abstract new (...args: never[]) => T,
  map: (tensor: T) => U,
): Argument<U> {
  if (argument instanceof type) return map(argument)
  if (Array.isArray(argument)) return argument.map((item) => mapTensors(item, type, map))
  if (typeof argument !== 'object' || argument === null) return argument as Argument<U>
  return Object.fromEntries(
    Object.entries(argument).map(([key, item]) => [key, mapTensors(item as Argument<T>, type, map)]),
  )
}
