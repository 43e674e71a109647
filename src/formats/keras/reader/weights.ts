import type { Tensor } from '../../../core/ir/tensor.ts'
import type { KerasLayer } from './keras-layer.ts'
import { weightNames } from './weight-names.ts'

/** The place in a file where the weights of one layer, and of the layers inside it, stand. */
export interface WeightGroup {
  /** Text files beside the weights, by name. */
  readonly assets?: ReadonlyMap<string, string>
  /** The layer's own weights: those of these names that there are, or all when the names are not known. */
  own(names: readonly string[] | undefined): ReadonlyMap<string, Tensor>
  /** The group of a layer that this one holds in the attribute `role`. */
  sublayer(role: string, layer: KerasLayer): WeightGroup
  /** The groups of layers that stand in a list: a nested model's `layers`, the `cells` of stacked cells. */
  members(layers: readonly KerasLayer[], attribute: string): readonly WeightGroup[]
}

/** Gives every layer its weights, as far as they are in the file: a lowering says which it misses. */
export function attachWeights(layer: KerasLayer, group: WeightGroup): void {
  attach(layer, group, new Map())
}

/** Models that a layer may stand in; in real files it is a few. */
const MAX_VISITS = 16

/** A layer that stands in several models has its weights in the file once, at one of its places. */
function attach(layer: KerasLayer, group: WeightGroup, visits: Map<KerasLayer, number>): void {
  const visit = visits.get(layer) ?? 0
  if (visit === MAX_VISITS) return
  visits.set(layer, visit + 1)
  const attachAll = (layers: readonly KerasLayer[], attribute: string) => {
    for (const [i, member] of group.members(layers, attribute).entries()) {
      attach(layers[i] as KerasLayer, member, visits)
    }
  }
  if (layer.model) {
    attachAll(layer.model.layers, 'layers')
    return
  }
  for (const [name, text] of group.assets ?? []) layer.assets.set(name, text)
  if (layer.weights.size === 0) {
    const names = layer.isCustom ? undefined : weightNames(layer.className, layer.config)
    const isHolder = layer.sublayers.size > 0
    for (const [name, tensor] of group.own(isHolder ? (names ?? []) : names)) layer.weights.set(name, tensor)
  }
  const lists = new Map<string, KerasLayer[]>()
  for (const [role, sublayer] of layer.sublayers) {
    const [attribute = role, index] = role.split('/')
    if (index === undefined) attach(sublayer, group.sublayer(role, sublayer), visits)
    else lists.set(attribute, [...(lists.get(attribute) ?? []), sublayer])
  }
  for (const [attribute, layers] of lists) attachAll(layers, attribute)
}
