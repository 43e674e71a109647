import { MalformedFileError } from '../errors.ts'
import type { ByteSource } from './byte-source.ts'

/** Several sources laid end to end as one. A read within one of them is that source's read; one across a border is put together. */
export function sequenceSource(sources: readonly ByteSource[]): ByteSource {
  const starts: number[] = []
  let size = 0
  for (const source of sources) {
    starts.push(size)
    size += source.size
  }

  /** Index of the source in which the byte at `offset` stands. */
  const indexAt = (offset: number) => {
    let low = 0
    let high = sources.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The pieces of the sources that make up a range, in order. */
  const pieces = (offset: number, length: number) => {
    if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
      throw new MalformedFileError(`${length} bytes expected, but the data ends at byte ${size}`, { offset })
    }
    const found: { source: ByteSource; from: number; count: number }[] = []
    for (let at = offset, i = indexAt(offset); at < offset + length; i++) {
      const source = sources[i] as ByteSource
      const from = at - (starts[i] as number)
      const count = Math.min(source.size - from, offset + length - at)
      if (count > 0) found.push({ source, from, count })
      at += count
    }
    return found
  }

  return {
    size,
    async read(offset, length) {
      const parts = pieces(offset, length)
      const [only] = parts
      if (parts.length === 1 && only) return only.source.read(only.from, only.count)
      const bytes = new Uint8Array(length)
      let at = 0
      for (const { source, from, count } of parts) {
        bytes.set(await source.read(from, count), at)
        at += count
      }
      return bytes
    },
    slice(offset, length) {
      const parts = pieces(offset, length).map(({ source, from, count }) => source.slice(from, count))
      return parts.length === 1 ? (parts[0] as ByteSource) : sequenceSource(parts)
    },
  }
}
