import { LimitExceededError, MalformedFileError } from '../../../core/errors.ts'
import {
  type Argument,
  type CallArguments,
  type KerasLayer,
  type KerasModel,
  mapTensors,
  TensorReference,
  tensorsIn,
} from './keras-layer.ts'

/** Calls in a whole model, those in nested models counted as often as the models are called; the largest have some 5,000. */
const MAX_CALLS = 200_000

/** A value of the source graph, by name. */
export class SourceValue {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** One call with nested models unfolded. */
export interface FlatCall extends CallArguments<SourceValue> {
  /** `dense`, `encoder/dense`, `dense#2` for the second call. */
  readonly id: string
  readonly parent?: string
  readonly layer: KerasLayer
  /** A call of a nested model comes behind the calls inside it: it reads their results and hands them on. */
  readonly isModel: boolean
  readonly outputs: readonly string[]
}

export interface FlatModel {
  readonly inputs: readonly { readonly value: string; readonly layer: KerasLayer }[]
  readonly outputs: readonly { readonly value: string; readonly name: string }[]
  readonly calls: readonly FlatCall[]
}

/** `lstm`, `lstm_1`, `lstm_2`: how Keras names an output layer that is listed more than once. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  })
}

const keyOf = ({ layer, call, index }: TensorReference) => `${layer}\0${call}\0${index}`

/** All calls of a model in topological order. Throws MalformedFileError for references to nothing, LimitExceededError. */
export function flatten(model: KerasModel): FlatModel {
  const calls: FlatCall[] = []
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const inputs = model.inputs.map((reference) => {
    const layer = layers.get(reference.layer)
    if (!layer) throw new MalformedFileError(`The input ${reference.layer} is no layer of the model ${model.name}`)
    return { value: layer.name, layer }
  })
  const results = unfold(
    model,
    inputs.map(({ value }) => value),
    undefined,
    calls,
  )
  const names = uniqueNames(model.outputs.map(({ layer }) => layer))
  return { inputs, calls, outputs: results.map((value, i) => ({ value, name: names[i] as string })) }
}

/** Adds the calls of a model whose inputs are these values; its outputs. */
function unfold(model: KerasModel, inputs: readonly string[], parent: string | undefined, calls: FlatCall[]): string[] {
  const values = new Map<string, string>()
  for (const [i, reference] of model.inputs.entries()) {
    const value = inputs[i]
    if (value === undefined) throw new MalformedFileError(`The model ${model.name} is called with too few inputs`)
    values.set(keyOf(reference), value)
  }
  const counts = outputCounts(model)
  const resolve = (reference: TensorReference): SourceValue => {
    const value = values.get(keyOf(reference))
    if (value !== undefined) return new SourceValue(value)
    throw new MalformedFileError(
      `Output ${reference.index} of call ${reference.call} of the layer ${reference.layer} is read in the model ${model.name}, but nobody makes it`,
    )
  }
  for (const call of model.calls) {
    if (calls.length >= MAX_CALLS) {
      throw new LimitExceededError(`The model has more than ${MAX_CALLS} calls of layers`, {
        context: { limit: MAX_CALLS },
      })
    }
    const { layer, index } = call
    const id = `${parent === undefined ? '' : `${parent}/`}${layer.name}${index === 0 ? '' : `#${index + 1}`}`
    const args = call.args.map((argument) => mapTensors(argument, TensorReference, resolve))
    const kwargs = Object.fromEntries(
      Object.entries(call.kwargs).map(([name, argument]) => [name, mapTensors(argument, TensorReference, resolve)]),
    )
    const inner = layer.model
    const results = inner && unfold(inner, modelInputs(inner, args), id, calls)
    const count = results?.length ?? Math.max(1, counts.get(keyOf(new TensorReference(layer.name, index, 0))) ?? 1)
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? id : `${id}:${i}`))
    for (const [i, output] of outputs.entries()) values.set(keyOf(new TensorReference(layer.name, index, i)), output)
    calls.push({
      id,
      ...(parent === undefined ? {} : { parent }),
      layer,
      isModel: inner !== undefined,
      args: results ? results.map((name) => new SourceValue(name)) : args,
      kwargs: results ? {} : kwargs,
      outputs,
    })
  }
  return model.outputs.map((reference) => resolve(reference).name)
}

/** What a nested model is called with, in the order of its inputs: a list, or a mapping by their names. */
function modelInputs(model: KerasModel, args: readonly Argument<SourceValue>[]): string[] {
  const [first] = args
  const isMapping =
    typeof first === 'object' && first !== null && !Array.isArray(first) && !(first instanceof SourceValue)
  const ordered =
    isMapping && model.inputNames.every((name) => Object.hasOwn(first, name))
      ? model.inputNames.map((name) => first[name] as Argument<SourceValue>)
      : args
  return ordered.flatMap((argument) => tensorsIn(argument, SourceValue)).map(({ name }) => name)
}

/** The file does not say how many outputs a call has: as many as are read. */
function outputCounts(model: KerasModel): Map<string, number> {
  const counts = new Map<string, number>()
  const arguments_ = model.calls.flatMap((call) => [...call.args, ...Object.values(call.kwargs)])
  const references = [...arguments_.flatMap((argument) => tensorsIn(argument, TensorReference)), ...model.outputs]
  for (const { layer, call, index } of references) {
    const key = keyOf(new TensorReference(layer, call, 0))
    counts.set(key, Math.max(counts.get(key) ?? 1, index + 1))
  }
  return counts
}
