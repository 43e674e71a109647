import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { Hdf5File } from '../../../encodings/hdf5/open-hdf5.ts'
import { datasetTensor } from './hdf5-tensor.ts'
import type { KerasLayer } from './keras-layer.ts'
import type { WeightGroup } from './weights.ts'

/** One entry of `weight_names`. */
interface Entry {
  /** `['dense', 'kernel']` of `dense/kernel:0`. */
  readonly segments: readonly string[]
  readonly tensor: Tensor
  taken: boolean
}

/**
 * Weights of an .h5 file: one group per layer of the outermost model, in it a list of all weights of the layer and of
 * everything inside it. They are matched by their names, in the order of the list; a layer's own name counts where
 * several fit (in a nested model frozen weights stand behind all others).
 */
class NamedWeights implements WeightGroup {
  readonly #entries: readonly Entry[]
  readonly #path: readonly string[]

  constructor(entries: readonly Entry[], path: readonly string[]) {
    this.#entries = entries
    this.#path = path
  }

  own(names: readonly string[] | undefined): ReadonlyMap<string, Tensor> {
    const found = new Map<string, Tensor>()
    const free = () => this.#entries.filter((entry) => !entry.taken)
    if (names === undefined) {
      for (const entry of free()) {
        if (!entry.segments.includes(this.#path.at(-1) ?? '')) continue
        entry.taken = true
        found.set(entry.segments.join('/'), entry.tensor)
      }
      return found
    }
    for (const name of names) {
      const entry = this.#best(free().filter(({ segments }) => namesOf(name).includes(segments.at(-1) ?? '')))
      if (!entry) continue
      entry.taken = true
      found.set(name, entry.tensor)
    }
    // Somebody else's names, one for each: the order tells.
    const rest = free()
    const missing = names.filter((name) => !found.has(name))
    if (found.size === 0 && rest.length === names.length) {
      for (const [i, name] of missing.entries()) {
        const entry = rest[i] as Entry
        entry.taken = true
        found.set(name, entry.tensor)
      }
    }
    return found
  }

  /** The first entry that names most of the layers on the way here. */
  #best(candidates: readonly Entry[]): Entry | undefined {
    const score = (entry: Entry) => this.#path.filter((name) => entry.segments.includes(name)).length
    let best = candidates[0]
    for (const candidate of candidates) if (best && score(candidate) > score(best)) best = candidate
    return best
  }

  sublayer(_role: string, layer: KerasLayer): WeightGroup {
    return new NamedWeights(this.#entries, [...this.#path, layer.name])
  }

  members(layers: readonly KerasLayer[]): readonly WeightGroup[] {
    return layers.map((layer) => new NamedWeights(this.#entries, [...this.#path, layer.name]))
  }
}

/** Keras 3 calls the kernel of a depthwise convolution just that. */
const namesOf = (name: string) => (name === 'depthwise_kernel' ? [name, 'kernel'] : [name])

/** `dense/kernel:0` is what Keras 2 writes, `dense/kernel` Keras 3; a second variable of a name was `kernel_1:0`. */
function segmentsOf(weightName: string): string[] {
  const segments = weightName.replace(/:\d+$/, '').split('/')
  const last = segments.pop() ?? ''
  return [...segments, last.replace(/_\d+$/, '')]
}

/** The weights of a whole model saved as .h5. */
export function hdf5Weights(file: Hdf5File, source: ByteSource): WeightGroup {
  const root = file.children('/').some(({ name }) => name === 'model_weights') ? '/model_weights' : '/'
  const groups = new Set(file.children(root).map(({ name }) => name))
  const entriesOf = (layer: string): Entry[] => {
    // A layer's name with slashes makes groups inside groups.
    if (!groups.has(layer.split('/')[0] ?? '')) return []
    const path = `${root === '/' ? '' : root}/${layer}`
    const names = file.stringsAttribute(path, 'weight_names') ?? []
    return names.flatMap((name) => {
      const dataset = file.dataset(`${path}/${name}`)
      return dataset ? [{ segments: segmentsOf(name), tensor: datasetTensor(dataset, source), taken: false }] : []
    })
  }
  return {
    own: () => new Map(),
    sublayer: (_role, layer) => new NamedWeights(entriesOf(layer.name), [layer.name]),
    members: (layers) => layers.map((layer) => new NamedWeights(entriesOf(layer.name), [layer.name])),
  }
}
