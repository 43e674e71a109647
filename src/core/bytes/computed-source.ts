import { MalformedFileError } from '../errors.ts'
import type { ByteSource } from './byte-source.ts'

/**
 * Bytes that are computed when somebody reads them and let go when the last of them has been read: of many such parts one is
 * in memory at a time while a file is written. `compute` must give `size` bytes.
 */
export function computedSource(size: number, compute: () => Promise<Uint8Array>): ByteSource {
  let bytes: Promise<Uint8Array> | undefined

  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
      throw new MalformedFileError(`${length} bytes expected, but the data ends at byte ${size}`, { offset })
    }
    bytes ??= compute()
    const all = await bytes
    if (all.length !== size) throw new MalformedFileError(`${all.length} bytes were computed instead of ${size}`)
    if (offset + length === size) bytes = undefined
    return all.subarray(offset, offset + length)
  }

  const part = (start: number, count: number): ByteSource => ({
    size: count,
    read: (offset, length) => read(start + offset, length),
    slice: (offset, length) => part(start + offset, length),
  })
  return part(0, size)
}
