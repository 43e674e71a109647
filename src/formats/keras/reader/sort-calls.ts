import { MalformedFileError } from '../../../core/errors.ts'
import {
  type KerasLayer,
  type KerasModel,
  type LayerCall,
  mapTensors,
  TensorReference,
  tensorsIn,
} from './keras-layer.ts'

const keyOf = (layer: string, call: number) => `${layer}\0${call}`

/**
 * Puts the calls of a functional model into topological order, and counts the calls of nested models from 0: Keras 2
 * counts the model's own construction as call 0 (`kept_nodes = 1` in Functional.get_config), and so does Keras 3 in
 * `output_layers`, but not in `inbound_nodes`.
 *
 * Throws MalformedFileError for a reference to nothing and for a cycle.
 */
export function sortCalls(
  model: KerasModel,
  isModern: boolean,
  startsAtOne: (layer: KerasLayer) => boolean,
): KerasModel {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const inbound = model.calls.flatMap((call) =>
    [...call.args, ...Object.values(call.kwargs)].flatMap((a) => tensorsIn(a, TensorReference)),
  )
  const offsets = callOffsets(isModern ? model.outputs : [...inbound, ...model.outputs])
  const shift = (reference: TensorReference) => {
    const layer = layers.get(reference.layer)
    if (!layer)
      throw new MalformedFileError(
        `The model ${model.name} refers to the layer ${reference.layer}, which it does not have`,
      )
    const counted = layer.model && (startsAtOne(layer) || !isModern) ? (offsets.get(reference.layer) ?? 0) : 0
    return new TensorReference(reference.layer, reference.call - counted, reference.index)
  }
  const calls = isModern
    ? model.calls
    : model.calls.map((call) => ({
        ...call,
        args: call.args.map((a) => mapTensors(a, TensorReference, shift)),
        kwargs: Object.fromEntries(
          Object.entries(call.kwargs).map(([k, a]) => [k, mapTensors(a, TensorReference, shift)]),
        ),
      }))
  const outputs = model.outputs.map(shift)
  return { ...model, calls: topological({ ...model, calls }), outputs }
}

/** 1 for layers whose call 0 nobody refers to. */
function callOffsets(references: readonly TensorReference[]): Map<string, number> {
  const offsets = new Map<string, number>()
  for (const { layer, call } of references) offsets.set(layer, Math.min(offsets.get(layer) ?? 1, call))
  return offsets
}

function topological(model: KerasModel): LayerCall[] {
  const byKey = new Map(model.calls.map((call) => [keyOf(call.layer.name, call.index), call]))
  const inputs = new Set(model.layers.filter((l) => l.className === 'InputLayer').map((l) => keyOf(l.name, 0)))
  const waiting = new Map<LayerCall, number>()
  const readers = new Map<LayerCall, LayerCall[]>()
  for (const call of model.calls) {
    const needed = new Set<LayerCall>()
    for (const argument of [...call.args, ...Object.values(call.kwargs)]) {
      for (const { layer, call: index } of tensorsIn(argument, TensorReference)) {
        const key = keyOf(layer, index)
        const source = byKey.get(key)
        if (source) needed.add(source)
        else if (!inputs.has(key)) {
          throw new MalformedFileError(
            `The layer ${call.layer.name} reads call ${index} of ${layer}, which the model ${model.name} does not have`,
          )
        }
      }
    }
    waiting.set(call, needed.size)
    for (const source of needed) readers.set(source, [...(readers.get(source) ?? []), call])
  }
  const sorted = model.calls.filter((call) => waiting.get(call) === 0)
  for (const call of sorted) {
    for (const reader of readers.get(call) ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1
      waiting.set(reader, left)
      if (left === 0) sorted.push(reader)
    }
  }
  if (sorted.length < model.calls.length)
    throw new MalformedFileError(`The layers of the model ${model.name} form a cycle`)
  return sorted
}
