import type { ByteSource } from '../../core/bytes/byte-source.ts'
import type { BytePart } from '../../core/bytes/parts.ts'
import { MalformedFileError } from '../../core/errors.ts'
import { openZip } from '../zip/open-zip.ts'
import { writeZip } from '../zip/write-zip.ts'
import type { NdArray } from './nd-array.ts'
import { type ObjectDecoder, readNpy, writeNpy } from './npy.ts'

const EXTENSION = '.npy'

/** An .npz archive: arrays by name, read when asked for. */
export interface NpzArchive<T = never> {
  /** In the archive's order, without `.npy`. */
  readonly names: readonly string[]
  /** Throws MalformedFileError when there is no such array, and what `readNpy` and the zip entry throw. */
  read(name: string): Promise<NdArray<T>>
}

/**
 * Opens an .npz file, stored or compressed; entries that are not arrays are passed over.
 *
 * @throws what `openZip` throws
 */
export async function openNpz<T = never>(source: ByteSource, decodeObjects?: ObjectDecoder<T>): Promise<NpzArchive<T>> {
  const zip = await openZip(source)
  const entries = zip.entries.filter((entry) => !entry.isDirectory && entry.name.endsWith(EXTENSION))
  return {
    names: entries.map((entry) => entry.name.slice(0, -EXTENSION.length)),
    async read(name) {
      const entry = zip.get(name + EXTENSION)
      if (entry === undefined) throw new MalformedFileError(`The .npz file has no array named '${name}'`)
      return readNpy(await entry.bytes(), decodeObjects)
    },
  }
}

/** All arrays of an .npz file by their names. */
export async function readNpz<T = never>(
  source: ByteSource,
  decodeObjects?: ObjectDecoder<T>,
): Promise<Map<string, NdArray<T>>> {
  const archive = await openNpz(source, decodeObjects)
  const arrays = new Map<string, NdArray<T>>()
  for (const name of archive.names) arrays.set(name, await archive.read(name))
  return arrays
}

/**
 * Writes an .npz file. The parts refer to the arrays' own memory.
 *
 * @param compress deflates the arrays, as `numpy.savez_compressed` does
 * @throws UnsupportedError for an array of objects
 */
export async function writeNpz(arrays: Iterable<[string, NdArray]>, compress = false): Promise<BytePart[]> {
  return writeZip([...arrays].map(([name, array]) => ({ name: name + EXTENSION, data: writeNpy(array), compress })))
}
