const SIGNATURE = 0x4c4f4347 // 'GCOL', little endian
const HEADER = 16
/** index (2), reference count (2), reserved (4), size (8) */
const OBJECT_HEADER = 16

/**
 * Whether these bytes are a global heap collection at which the library would loop for ever: a free-space object
 * (index 0) of no size, at which HDF5 2.0 does not move on. (HDF5 file format specification 3.0, III.E)
 */
export function isEndlessHeap(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER + OBJECT_HEADER) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(0, true) !== SIGNATURE) return false
  const end = Math.min(bytes.length, Number(view.getBigUint64(8, true)))
  let at = HEADER
  while (at + OBJECT_HEADER <= end) {
    const size = Number(view.getBigUint64(at + 8, true))
    if (view.getUint16(at, true) === 0) {
      if (size < OBJECT_HEADER) return true
      at += size
    } else at += OBJECT_HEADER + Math.ceil(size / 8) * 8
  }
  return false
}
