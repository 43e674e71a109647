import type { Tensor } from '../../../core/ir/tensor.ts'
import type { KerasLayer } from './keras-layer.ts'
import { weightNames } from './weight-names.ts'

/** The place in a file where the weights of one layer, and of the layers inside it, stand. */
export interface WeightGroup {
  /** The layer's own weights: those of these names that there are, or all when the names are not known. */
  own(names: readonly string[] | undefined): ReadonlyMap<string, Tensor>
  /** The group of a layer that this one holds in the attribute `role`. */
  sublayer(role: string, layer: KerasLayer): WeightGroup
  /** The groups of a nested model's layers. */
  members(layers: readonly KerasLayer[]): readonly WeightGroup[]
}

/** Gives every layer its weights, as far as they are in the file: a lowering says which it misses. */
export function attachWeights(layer: KerasLayer, group: WeightGroup): void {
  if (layer.model) {
    const { layers } = layer.model
    for (const [i, member] of group.members(layers).entries()) attachWeights(layers[i] as KerasLayer, member)
    return
  }
  const names = layer.isCustom ? undefined : weightNames(layer.className, layer.config)
  const isHolder = layer.sublayers.size > 0
  const found = group.own(isHolder ? (names ?? []) : names)
  for (const [name, tensor] of found) layer.weights.set(name, tensor)
  for (const [role, sublayer] of layer.sublayers) attachWeights(sublayer, group.sublayer(role, sublayer))
}
