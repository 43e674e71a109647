import type { ByteSource } from '../../core/bytes/byte-source.ts'
import { LimitExceededError } from '../../core/errors.ts'
import {
  type Hdf5Data,
  type Hdf5DType,
  type Hdf5Metadata,
  numericElements,
  stringElements,
  supportedDtype,
} from './elements.ts'
import { damaged, guarded, type Hdf5Library } from './library.ts'
import type { MountedSource } from './source-file-system.ts'

/** Elements of one dataset that may be held at once. */
const MAX_BYTES = 2 ** 32
/** Read through the library's memory this much at a time: wasm memory grows but never shrinks. */
const BLOCK_BYTES = 32 * 2 ** 20
/** The library's memory ends at 2 GiB; one row of chunks must fit well inside. */
const MAX_BLOCK_BYTES = 2 ** 30
/** Smaller datasets are not worth a slice of the file (and may be stored compactly in their header). */
const MIN_CONTIGUOUS_BYTES = 64 * 1024

/** What a dataset needs of the file that it is in. */
export interface DatasetHost {
  readonly library: Hdf5Library
  /** Throws when the file has been closed. */
  fileId(): bigint
  readonly mounted: MountedSource
  readonly source: ByteSource
}

/** An array in an HDF5 file; nothing but its type and shape has been read. */
export class Hdf5Dataset {
  readonly path: string
  readonly dtype: Hdf5DType
  /** [] for a scalar. */
  readonly shape: readonly number[]
  readonly #host: DatasetHost
  readonly #metadata: Hdf5Metadata
  #contiguous: { offset: number; length: number } | null | undefined

  /** Throws UnsupportedError for elements that are neither numbers nor strings, MalformedFileError for damage. */
  constructor(host: DatasetHost, path: string) {
    this.path = path
    this.#host = host
    host.mounted.renew()
    this.#metadata = guarded(`the dataset ${path}`, () => host.library.get_dataset_metadata(host.fileId(), path))
    this.dtype = supportedDtype(this.#metadata, `the dataset ${path}`)
    this.shape = this.#metadata.shape ?? [0]
  }

  get #count(): number {
    return this.shape.reduce((product, size) => product * size, 1)
  }

  get #bytes(): number {
    return this.#count * this.#metadata.size
  }

  /**
   * Where the elements stand in the source, when they stand there as they are: one piece, little endian, not
   * compressed, 64 KiB or more. The library does not tell (H5Dget_offset is not exported), so it is observed: reading
   * the first and the last element must each read the file once, at places that are the dataset's length apart.
   */
  get contiguous(): { offset: number; length: number } | undefined {
    if (this.#contiguous === undefined) this.#contiguous = this.#findContiguous() ?? null
    return this.#contiguous ?? undefined
  }

  #findContiguous(): { offset: number; length: number } | undefined {
    const { size, littleEndian, chunks, virtual_sources: virtual } = this.#metadata
    const length = this.#bytes
    if (this.dtype === 'string' || !littleEndian || chunks || virtual || length < MIN_CONTIGUOUS_BYTES) return undefined
    const { library, mounted, source } = this.#host
    const readElement = (index: readonly number[]) => {
      const pointer = library._malloc(size)
      try {
        return mounted.record(() =>
          this.#select(
            index,
            this.shape.map(() => 1),
            pointer,
          ),
        )
      } finally {
        library._free(pointer)
      }
    }
    const firstIndex = this.shape.map(() => 0)
    return guarded(`the dataset ${this.path}`, () => {
      readElement(firstIndex) // brings the dataset's header into the library's cache
      const first = readElement(firstIndex)
      const last = readElement(this.shape.map((dim) => dim - 1))
      const offset = first[0]?.position
      if (offset === undefined || first.length !== 1 || last.length !== 1) return undefined
      if (last[0]?.position !== offset + length - size || offset + length > source.size) return undefined
      return { offset, length }
    })
  }

  /** All elements, row-major. Throws LimitExceededError above 4 GiB, MalformedFileError when they can not be decoded. */
  async read(): Promise<Hdf5Data> {
    const { mounted, source } = this.#host
    this.#host.fileId()
    if (this.#bytes > MAX_BYTES) {
      throw new LimitExceededError(`HDF5: the dataset ${this.path} claims ${this.#bytes} bytes`, {
        hint: 'One array of a model can have at most 4 GiB.',
        context: { limit: MAX_BYTES },
      })
    }
    mounted.renew()
    if (this.dtype === 'string') return this.#readStrings()
    const { contiguous } = this
    if (contiguous) return numericElements(this.dtype, await source.read(contiguous.offset, contiguous.length))
    return numericElements(this.dtype, this.#readBlocks())
  }

  /** Reads a hyperslab into the library's memory. */
  #select(start: readonly number[], count: readonly number[], pointer: number): void {
    const { library } = this.#host
    const whole = this.shape.length === 0
    const status = library.get_dataset_data(
      this.#host.fileId(),
      this.path,
      whole ? null : count.map(BigInt),
      whole ? null : start.map(BigInt),
      whole ? null : count.map(() => 1n),
      BigInt(pointer),
    )
    if (status < 0) throw damaged(`the elements of ${this.path} can not be read or decompressed`)
  }

  /** Reads blocks of rows, aligned to chunks so that none is decompressed twice. */
  #readBlocks(): Uint8Array {
    const [rows = 1, ...rest] = this.shape
    const rowBytes = rest.reduce((product, size) => product * size, this.#metadata.size)
    const step = this.#metadata.chunks?.[0] ?? 1
    const blockRows = Math.min(rows, Math.max(1, Math.floor(BLOCK_BYTES / (rowBytes * step || 1))) * step)
    if (blockRows * rowBytes > MAX_BLOCK_BYTES) {
      throw new LimitExceededError(`HDF5: the chunks of ${this.path} make rows of ${blockRows * rowBytes} bytes`, {
        hint: 'Write the file again with smaller chunks.',
        context: { limit: MAX_BLOCK_BYTES },
      })
    }
    const { library } = this.#host
    const output = allocate(this.#bytes, this.path)
    if (output.length === 0) return output
    guarded(`the dataset ${this.path}`, () => {
      const pointer = library._malloc(blockRows * rowBytes)
      try {
        for (let row = 0; row < rows; row += blockRows) {
          const count = Math.min(blockRows, rows - row)
          this.#select([row, ...rest.map(() => 0)], [count, ...rest], pointer)
          output.set(library.HEAPU8.subarray(pointer, pointer + count * rowBytes), row * rowBytes)
        }
      } finally {
        library._free(pointer)
      }
    })
    return output
  }

  #readStrings(): string[] {
    const { library } = this.#host
    const bytes = this.#bytes
    if (bytes > BLOCK_BYTES) {
      throw new LimitExceededError(`HDF5: the dataset ${this.path} has ${this.#count} strings`, {
        hint: 'No model has that many strings.',
        context: { limit: BLOCK_BYTES },
      })
    }
    return guarded(`the dataset ${this.path}`, () => {
      const pointer = library._malloc(Math.max(1, bytes))
      try {
        this.#select(
          this.shape.map(() => 0),
          this.shape,
          pointer,
        )
        const strings = stringElements(library, this.#metadata, pointer, this.#count)
        if (this.#metadata.vlen) library.reclaim_vlen_memory(this.#host.fileId(), this.path, '', BigInt(pointer))
        return strings
      } finally {
        library._free(pointer)
      }
    })
  }
}

function allocate(bytes: number, path: string): Uint8Array {
  try {
    return new Uint8Array(bytes)
  } catch (error) {
    throw new LimitExceededError(`HDF5: there is no memory for the ${bytes} bytes of ${path}`, { cause: error })
  }
}
