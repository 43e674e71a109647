import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import { LimitExceededError, MalformedFileError } from '../../../core/errors.ts'
import type { Fact } from '../../../core/source-model.ts'
import { type Hdf5File, openHdf5 } from '../../../encodings/hdf5/open-hdf5.ts'
import { type Json, parseJson } from '../../../encodings/json/parse-json.ts'
import { openZip, type ZipArchive } from '../../../encodings/zip/open-zip.ts'
import { archiveWeights, VOCABULARY } from './archive-weights.ts'
import { isObject, type JsonObject } from './config.ts'
import { hdf5Weights } from './hdf5-weights.ts'
import type { WeightGroup } from './weights.ts'

/** A Keras file, opened: its configuration parsed, its weights found when asked for. */
export interface KerasFile {
  readonly formatName: string
  /** `class_name` and `config` of the model. */
  readonly config: Json
  readonly kerasVersion?: string
  readonly backend?: string
  /** Loss, optimizer, metrics: what the file says of training. */
  readonly training?: JsonObject
  readonly facts: readonly Fact[]
  readonly holdsOptimizer: boolean
  readonly weights: WeightGroup
  close(): void
}

/**
 * Opens an .h5 or a .keras file; of its weights nothing is read. Throws MalformedFileError for damage and for a file without
 * a model configuration.
 */
export async function openKerasFile(source: ByteSource): Promise<KerasFile> {
  const head = await source.read(0, Math.min(4, source.size))
  return head[0] === 0x50 && head[1] === 0x4b ? openArchive(source) : openModelHdf5(source)
}

async function openModelHdf5(source: ByteSource): Promise<KerasFile> {
  const file = await openHdf5(source)
  try {
    const config = file.stringAttribute('/', 'model_config')
    if (config === undefined) throw new MalformedFileError('The HDF5 file has no model_config')
    const names = file.children('/').map(({ name }) => name)
    const fact = (name: string) =>
      file.stringAttribute('/', name) ??
      (names.includes('model_weights') ? file.stringAttribute('/model_weights', name) : undefined)
    const [kerasVersion, backend] = [fact('keras_version'), fact('backend')]
    const training = file.stringAttribute('/', 'training_config')
    const parsed = training === undefined ? undefined : parseJson(training)
    return {
      formatName: 'Keras HDF5 model',
      config: parseJson(config),
      ...(kerasVersion === undefined ? {} : { kerasVersion }),
      ...(backend === undefined ? {} : { backend }),
      ...(isObject(parsed) ? { training: parsed } : {}),
      facts: [],
      holdsOptimizer: names.includes('optimizer_weights'),
      weights: hdf5Weights(file, source),
      close: () => file.close(),
    }
  } catch (error) {
    file.close()
    throw error
  }
}

async function openArchive(source: ByteSource): Promise<KerasFile> {
  const zip = await openZip(source)
  const config = parseJson(await memberBytes(zip, 'config.json'))
  const metadata = parseJson(await memberBytes(zip, 'metadata.json'))
  const member = zip.get('model.weights.h5')
  if (!member) throw new MalformedFileError('The Keras archive has no model.weights.h5')
  const weights = await member.source()
  const texts = await vocabularies(zip)
  const file: Hdf5File = await openHdf5(weights)
  try {
    const entries = isObject(metadata) ? metadata : {}
    const { keras_version: version, date_saved: saved } = entries
    const training = isObject(config) ? config['compile_config'] : undefined
    return {
      formatName: 'Keras archive (.keras)',
      config,
      ...(typeof version === 'string' ? { kerasVersion: version } : {}),
      ...(isObject(training) ? { training } : {}),
      facts: typeof saved === 'string' ? [{ name: 'saved', value: saved.replace('@', ' ') }] : [],
      holdsOptimizer: file.children('/').some(({ name }) => name === 'optimizer'),
      weights: archiveWeights(file, weights, texts),
      close: () => file.close(),
    }
  } catch (error) {
    file.close()
    throw error
  }
}

/** All vocabularies of a model together; a million words are some 10 MiB. */
const MAX_VOCABULARY_BYTES = 64 * 1024 * 1024

/** The vocabularies of an archive, by their paths below `assets`: `/layers/string_lookup/vocabulary.txt`. */
async function vocabularies(zip: ZipArchive): Promise<Map<string, string>> {
  const members = zip.entries.filter(({ name }) => name.startsWith('assets/') && name.endsWith(`/${VOCABULARY}`))
  const size = members.reduce((sum, member) => sum + member.size, 0)
  if (size > MAX_VOCABULARY_BYTES) {
    throw new LimitExceededError(`The vocabularies of the Keras archive have ${size} bytes`, {
      context: { limit: MAX_VOCABULARY_BYTES },
    })
  }
  const texts = new Map<string, string>()
  for (const member of members) {
    texts.set(member.name.slice('assets'.length), new TextDecoder().decode(await member.bytes()))
  }
  return texts
}

async function memberBytes(zip: ZipArchive, name: string): Promise<Uint8Array> {
  const member = zip.get(name)
  if (!member) throw new MalformedFileError(`The Keras archive has no ${name}`)
  return member.bytes()
}
