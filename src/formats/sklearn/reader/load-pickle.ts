import { decompress } from '../../../encodings/compression/decompress.ts'
import { type CompressionFormat, detectCompression } from '../../../encodings/compression/detect.ts'
import { readJoblib } from '../../../encodings/pickle/joblib.ts'
import type { PickleResult } from '../../../encodings/pickle/read-pickle.ts'

/** Packages besides numpy, scipy, pandas, sklearn and joblib whose classes are data in a model file. */
const TRUSTED = ['sklearn2pmml', 'sklearn_pandas', 'imblearn']

/** A pickle as inert data, and how it was stored. */
export interface LoadedPickle {
  readonly pickle: PickleResult
  readonly isJoblib: boolean
  readonly compression: CompressionFormat | undefined
  /** Bytes of the pickle itself. */
  readonly size: number
}

/** Decompresses and reads a pickle or joblib file. Throws MalformedFileError, LimitExceededError. */
export async function loadPickle(bytes: Uint8Array, signal?: AbortSignal): Promise<LoadedPickle> {
  const compression = isPickle(bytes) ? undefined : detectCompression(bytes)
  const content =
    compression === undefined ? bytes : await decompress(bytes, { format: compression, ...(signal ? { signal } : {}) })
  const pickle = readJoblib(content, { trustedPackages: TRUSTED })
  const isJoblib = pickle.safety.globals.some(({ module }) => module.includes('joblib.numpy_pickle'))
  return { pickle, isJoblib, compression, size: content.length }
}

const isPickle = (bytes: Uint8Array): boolean => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5
