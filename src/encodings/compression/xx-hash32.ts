const PRIME_1 = 0x9e3779b1
const PRIME_2 = 0x85ebca77
const PRIME_3 = 0xc2b2ae3d
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1
const STRIPE_BYTES = 16

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

/** xxHash with 32 bits and seed 0, unsigned (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). */
export function xxHash32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 0
  let hash = PRIME_5
  if (bytes.length >= STRIPE_BYTES) {
    const lanes: [number, number, number, number] = [(PRIME_1 + PRIME_2) | 0, PRIME_2 | 0, 0, -PRIME_1 | 0]
    for (; offset + STRIPE_BYTES <= bytes.length; offset += STRIPE_BYTES) {
      for (let lane = 0; lane < 4; lane++) {
        const word = view.getUint32(offset + lane * 4, true)
        const mixed = ((lanes[lane] as number) + Math.imul(word, PRIME_2)) | 0
        lanes[lane] = Math.imul(rotate(mixed, 13), PRIME_1)
      }
    }
    hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18)
  }
  hash = (hash + bytes.length) | 0
  for (; offset + 4 <= bytes.length; offset += 4) {
    hash = (hash + Math.imul(view.getUint32(offset, true), PRIME_3)) | 0
    hash = Math.imul(rotate(hash, 17), PRIME_4)
  }
  for (; offset < bytes.length; offset++) {
    hash = (hash + Math.imul(bytes[offset] as number, PRIME_5)) | 0
    hash = Math.imul(rotate(hash, 11), PRIME_1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return (hash ^ (hash >>> 16)) >>> 0
}
