/** CRC-64/XZ (ECMA-182, reflected) as [high, low] halves. */
const POLYNOMIAL_HIGH = 0xc96c5795
const POLYNOMIAL_LOW = 0xd7870f42

const TABLE_HIGH = new Uint32Array(256)
const TABLE_LOW = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let high = 0
  let low = byte
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1
    low = (low >>> 1) | (high << 31)
    high >>>= 1
    if (carry === 1) {
      low ^= POLYNOMIAL_LOW
      high ^= POLYNOMIAL_HIGH
    }
  }
  TABLE_HIGH[byte] = high
  TABLE_LOW[byte] = low
}

/** The CRC-64 of .xz files, as unsigned halves. */
export function crc64(bytes: Uint8Array): { high: number; low: number } {
  let high = -1
  let low = -1
  for (let i = 0; i < bytes.length; i++) {
    const index = (low ^ (bytes[i] as number)) & 0xff
    low = ((low >>> 8) | (high << 24)) ^ (TABLE_LOW[index] as number)
    high = (high >>> 8) ^ (TABLE_HIGH[index] as number)
  }
  return { high: ~high >>> 0, low: ~low >>> 0 }
}
