import { type ByteSource, readAll } from '../../../core/bytes/byte-source.ts'
import { PortolanError } from '../../../core/errors.ts'
import type { SafetyReport } from '../../../core/source-model.ts'
import { checkPickleSize } from '../../../encodings/pickle/read-pickle.ts'
import { loadPickle } from './load-pickle.ts'
import { safetyReport } from './safety.ts'

/** What a pickle or joblib file of anything would import and call; undefined for one that can not be read to its end. */
export async function pickleSafety(source: ByteSource): Promise<SafetyReport | undefined> {
  try {
    checkPickleSize(source.size)
    return safetyReport((await loadPickle(await readAll(source))).pickle.safety)
  } catch (error) {
    if (error instanceof PortolanError) return undefined
    throw error
  }
}
