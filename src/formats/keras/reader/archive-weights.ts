import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { Hdf5File } from '../../../encodings/hdf5/open-hdf5.ts'
import { datasetTensor } from './hdf5-tensor.ts'
import type { KerasLayer } from './keras-layer.ts'
import type { WeightGroup } from './weights.ts'

/** keras.src.utils.naming.to_snake_case */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** What the layers that look words up save their words in, one a line. */
export const VOCABULARY = 'vocabulary.txt'

/** Classes that Keras exports under another name than their own. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  GroupQueryAttention: 'GroupedQueryAttention',
  Model: 'Functional',
}

/**
 * Weights of a .keras archive (keras.src.saving.saving_lib): groups along the attributes that hold layers, lists of layers
 * by class name and number, and a layer's own weights as `vars/0`, `vars/1` … in the order of creation.
 */
class ArchiveGroup implements WeightGroup {
  readonly #file: Hdf5File
  readonly #source: ByteSource
  readonly #path: string
  readonly #texts: ReadonlyMap<string, string>
  #children: ReadonlySet<string> | undefined

  constructor(file: Hdf5File, source: ByteSource, path: string, texts: ReadonlyMap<string, string>) {
    this.#file = file
    this.#source = source
    this.#path = path
    this.#texts = texts
  }

  #child(...names: string[]): ArchiveGroup {
    return new ArchiveGroup(this.#file, this.#source, [this.#path, ...names].join('/'), this.#texts)
  }

  get children(): ReadonlySet<string> {
    this.#children ??= new Set(
      this.#path === '' || groupExists(this.#file, this.#path)
        ? this.#file.children(this.#path || '/').map(({ name }) => name)
        : [],
    )
    return this.#children
  }

  /** The layer's name, which Keras 3 notes beside the weights since 3.9. */
  get layerName(): string | undefined {
    return this.children.has('vars') ? this.#file.stringAttribute(`${this.#path}/vars`, 'name') : undefined
  }

  get assets(): ReadonlyMap<string, string> {
    const text = this.#texts.get(`${this.#path}/${VOCABULARY}`)
    return new Map(text === undefined ? [] : [[VOCABULARY, text]])
  }

  own(names: readonly string[] | undefined): ReadonlyMap<string, Tensor> {
    const found = new Map<string, Tensor>()
    const vars = this.#child('vars')
    const count = names?.length ?? vars.children.size
    for (let i = 0; i < count && vars.children.has(String(i)); i++) {
      const path = `${this.#path}/vars/${i}`
      const dataset = this.#file.dataset(path)
      if (dataset) found.set(names?.[i] ?? String(i), datasetTensor(dataset, this.#source))
    }
    return found
  }

  sublayer(role: string): WeightGroup {
    // Attention layers have had their projections in private attributes.
    return this.children.has(`_${role}`) ? this.#child(`_${role}`) : this.#child(role)
  }

  members(layers: readonly KerasLayer[], attribute: string): readonly WeightGroup[] {
    // Keras 2.12 called a model's list `_layer_checkpoint_dependencies`.
    const legacy = '_layer_checkpoint_dependencies'
    const list = this.#child(!this.children.has(attribute) && this.children.has(legacy) ? legacy : attribute)
    const byLayerName = new Map<string, ArchiveGroup>()
    for (const name of list.children) {
      const child = list.#child(name)
      const { layerName } = child
      if (layerName !== undefined) byLayerName.set(layerName, child)
    }
    const counts = new Map<string, number>()
    return layers.map((layer) => {
      const base = snakeCase(OWN_NAMES[layer.className] ?? layer.className.replace(/^.*>/, ''))
      const number = counts.get(base) ?? 0
      counts.set(base, number + 1)
      return byLayerName.get(layer.name) ?? list.#child(number === 0 ? base : `${base}_${number}`)
    })
  }
}

function groupExists(file: Hdf5File, path: string): boolean {
  const at = path.lastIndexOf('/')
  const parent = path.slice(0, at)
  if (parent !== '' && !groupExists(file, parent)) return false
  return file.children(parent || '/').some(({ name, kind }) => name === path.slice(at + 1) && kind === 'group')
}

/** The weights of a whole model saved as .keras; `texts` are its text files, by their paths below `assets`. */
export function archiveWeights(file: Hdf5File, source: ByteSource, texts: ReadonlyMap<string, string>): WeightGroup {
  return new ArchiveGroup(file, source, '', texts)
}
