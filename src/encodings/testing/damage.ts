import { PortolanError } from '../../core/errors.ts'

/** A small deterministic generator (mulberry32), so that a failing case can be run again. Numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Damaged copies of a file: truncations spread over its length, then copies with 1–8 bytes overwritten. */
export function* damagedCopies(bytes: Uint8Array, count: number, seed = 1): Generator<Uint8Array> {
  const random = seededRandom(seed)
  const truncations = Math.min(bytes.length, Math.ceil(count / 3))
  for (let i = 0; i < truncations; i++) yield bytes.slice(0, Math.floor((i * bytes.length) / truncations))
  for (let i = truncations; i < count; i++) {
    const copy = bytes.slice()
    for (let n = 1 + Math.floor(random() * 8); n > 0; n--) {
      const extreme = random() < 0.3
      copy[Math.floor(random() * copy.length)] = extreme ? 255 : Math.floor(random() * 256)
    }
    yield copy
  }
}

/** Reads every copy and returns how many failed. Rethrows, with the copy's number, anything but a PortolanError. */
export async function countFailures(
  copies: Iterable<Uint8Array>,
  read: (bytes: Uint8Array) => unknown | Promise<unknown>,
): Promise<number> {
  let failures = 0
  let index = 0
  for (const copy of copies) {
    try {
      await read(copy)
    } catch (error) {
      if (!(error instanceof PortolanError)) throw new Error(`damaged copy ${index}: ${error}`, { cause: error })
      failures++
    }
    index++
  }
  return failures
}
