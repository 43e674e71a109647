import { type ByteSource, bufferSource, readAll } from '../../core/bytes/byte-source.ts'
import { LimitExceededError, MalformedFileError, PortolanError } from '../../core/errors.ts'
import { type DatasetHost, Hdf5Dataset } from './dataset.ts'
import { type Hdf5Data, numericElements, stringElements, supportedDtype } from './elements.ts'
import { damaged, guarded, type Hdf5Library, loadHdf5Library } from './library.ts'
import { type MountedSource, mountSource } from './source-file-system.ts'

/** Where the platform can not read synchronously, files up to this size are read into memory. */
const MAX_IN_MEMORY = 2 ** 30
/** Bytes of one attribute; HDF5 itself allows 64 KiB in an object header and more in dense storage. */
const MAX_ATTRIBUTE_BYTES = 256 * 2 ** 20

export interface Hdf5Attribute {
  /** [] for a scalar; null for an empty attribute (h5py.Empty). */
  readonly shape: readonly number[] | null
  readonly data: Hdf5Data
}

/** Something in a group. Links that lead nowhere or out of the file are `other`. */
export interface Hdf5Child {
  readonly name: string
  readonly kind: 'group' | 'dataset' | 'other'
}

/** An open HDF5 file. Close it: the library holds its handle. All methods throw after that. */
export interface Hdf5File {
  /** The members of a group, in the file's order of names. Throws MalformedFileError when there is no such group. */
  children(path: string): Hdf5Child[]
  /** The dataset at a path, undefined when there is none. */
  dataset(path: string): Hdf5Dataset | undefined
  attributeNames(path: string): string[]
  /**
   * An attribute, undefined when there is none. One that Keras has split for being over 64 KiB (`layer_names0`,
   * `layer_names1`, …) comes back joined under its own name.
   */
  attribute(path: string, name: string): Hdf5Attribute | undefined
  /** A scalar string attribute, or undefined when absent. Throws MalformedFileError when it is something else. */
  stringAttribute(path: string, name: string): string | undefined
  /** A list of strings (`layer_names`, `weight_names`), or undefined when absent. */
  stringsAttribute(path: string, name: string): readonly string[] | undefined
  close(): void
}

/**
 * Opens an HDF5 file by reading its superblock; everything else is read when asked for, straight from the source.
 *
 * Throws MalformedFileError when it is not HDF5 or is damaged, LimitExceededError when it had to be held in memory and
 * is too large for that.
 *
 * @example
 * const file = await openHdf5(source)
 * try {
 *   const config = file.stringAttribute('/', 'model_config')
 *   const kernel = file.dataset('/model_weights/dense/dense/kernel:0')
 *   const weights = await kernel?.read()
 * } finally {
 *   file.close()
 * }
 */
export async function openHdf5(source: ByteSource): Promise<Hdf5File> {
  const readable = source.readSync ? source : await inMemory(source)
  const library = await loadHdf5Library()
  const mounted = mountSource(library, readable.size, readable.readSync as NonNullable<ByteSource['readSync']>)
  try {
    const id = guarded('the file', () => library.open(mounted.path, library.H5F_ACC_RDONLY, false, -1, -1))
    if (id < 0n) throw damaged('the file can not be opened')
    return new OpenHdf5File(library, mounted, readable, id)
  } catch (error) {
    mounted.unmount()
    throw error
  }
}

async function inMemory(source: ByteSource): Promise<ByteSource> {
  if (source.size > MAX_IN_MEMORY) {
    throw new LimitExceededError(`HDF5: a file of ${source.size} bytes can not be held in memory`, {
      hint: 'Open it from disk instead of from an archive or an address.',
      context: { limit: MAX_IN_MEMORY },
    })
  }
  return bufferSource(await readAll(source))
}

class OpenHdf5File implements Hdf5File, DatasetHost {
  readonly library: Hdf5Library
  readonly mounted: MountedSource
  readonly source: ByteSource
  #id: bigint | undefined

  constructor(library: Hdf5Library, mounted: MountedSource, source: ByteSource, id: bigint) {
    this.library = library
    this.mounted = mounted
    this.source = source
    this.#id = id
  }

  fileId(): bigint {
    if (this.#id === undefined) throw new PortolanError('internal', 'HDF5: the file has been closed')
    return this.#id
  }

  close(): void {
    if (this.#id === undefined) return
    const id = this.#id
    this.#id = undefined
    guarded('the file', () => this.library.close_file(id))
    this.mounted.unmount()
  }

  #kind(path: string): Hdf5Child['kind'] {
    this.mounted.renew()
    const type = guarded(path, () => this.library.get_type(this.fileId(), path))
    if (type === this.library.H5G_GROUP) return 'group'
    return type === this.library.H5G_DATASET ? 'dataset' : 'other'
  }

  children(path: string): Hdf5Child[] {
    if (this.#kind(path) !== 'group') throw new MalformedFileError(`HDF5: there is no group ${path}`)
    const names = guarded(`the group ${path}`, () => this.library.get_names(this.fileId(), path, false))
    const prefix = path.endsWith('/') ? path : `${path}/`
    return names.map((name) => ({ name, kind: this.#kind(prefix + name) }))
  }

  dataset(path: string): Hdf5Dataset | undefined {
    return this.#kind(path) === 'dataset' ? new Hdf5Dataset(this, path) : undefined
  }

  attributeNames(path: string): string[] {
    this.mounted.renew()
    return guarded(`the attributes of ${path}`, () => this.library.get_attribute_names(this.fileId(), path))
  }

  attribute(path: string, name: string): Hdf5Attribute | undefined {
    const names = new Set(this.attributeNames(path))
    if (names.has(name)) return this.#read(path, name)
    const parts: Hdf5Attribute[] = []
    while (names.has(`${name}${parts.length}`)) parts.push(this.#read(path, `${name}${parts.length}`))
    if (parts.length === 0 || !parts.every((part) => Array.isArray(part.data))) return undefined
    const data = parts.flatMap((part) => part.data as readonly string[])
    return { shape: [data.length], data }
  }

  #read(path: string, name: string): Hdf5Attribute {
    const { library } = this
    const where = `the attribute ${name} of ${path}`
    this.mounted.renew()
    return guarded(where, () => {
      const metadata = library.get_attribute_metadata(this.fileId(), path, name)
      if (metadata.shape === null) return { shape: null, data: [] }
      const dtype = supportedDtype(metadata, where)
      const bytes = metadata.size * metadata.total_size
      if (bytes > MAX_ATTRIBUTE_BYTES) {
        throw new LimitExceededError(`HDF5: ${where} has ${bytes} bytes`, { context: { limit: MAX_ATTRIBUTE_BYTES } })
      }
      const pointer = library._malloc(Math.max(1, bytes))
      try {
        const status = library.get_attribute_data(this.fileId(), path, name, BigInt(pointer))
        if (status < 0) throw damaged(`${where} can not be read`)
        const { shape } = metadata
        if (dtype !== 'string') {
          return { shape, data: numericElements(dtype, library.HEAPU8.slice(pointer, pointer + bytes)) }
        }
        const data = stringElements(library, metadata, pointer, metadata.total_size)
        if (metadata.vlen) library.reclaim_vlen_memory(this.fileId(), path, name, BigInt(pointer))
        return { shape, data }
      } finally {
        library._free(pointer)
      }
    })
  }

  stringAttribute(path: string, name: string): string | undefined {
    const attribute = this.attribute(path, name)
    if (attribute === undefined) return undefined
    const [text] = attribute.data
    if (typeof text === 'string' && attribute.data.length === 1) return text
    throw new MalformedFileError(`HDF5: the attribute ${name} of ${path} is not a string`)
  }

  stringsAttribute(path: string, name: string): readonly string[] | undefined {
    const attribute = this.attribute(path, name)
    if (attribute === undefined) return undefined
    if (attribute.data.length === 0) return [] // an empty list is written as float64
    if (Array.isArray(attribute.data)) return attribute.data
    throw new MalformedFileError(`HDF5: the attribute ${name} of ${path} is not a list of strings`)
  }
}
