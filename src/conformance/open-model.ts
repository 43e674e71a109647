import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { bufferSource } from '../core/bytes/byte-source.ts'
import { UnrecognisedFileError } from '../core/errors.ts'
import { type OpenedModel, readModel } from '../core/pipeline.ts'
import { detect } from '../formats/detect.ts'
import { formats } from '../formats/registry.ts'
import type { FixtureCase, FixtureSet } from './fixture-case.ts'

/** Opens a fixture's model. Throws UnrecognisedFileError when it is not taken for what it is. */
export async function openFixture(set: FixtureSet, entry: FixtureCase): Promise<OpenedModel> {
  const path = join(set.folder, entry.model)
  const opened = await openBytes(new Uint8Array(readFileSync(path)), basename(path), dirname(path))
  if (opened.detection.format === set.format) return opened
  throw new UnrecognisedFileError(`recognised as ${opened.detection.format}, not as ${set.format}`)
}

/** Recognises and reads the bytes of a file; `folder` is where its siblings are. */
export async function openBytes(bytes: Uint8Array, name: string, folder?: string): Promise<OpenedModel> {
  const source = bufferSource(bytes)
  const detection = await detect(formats, source, name)
  const sibling = async (file: string) => {
    const path = join(folder ?? '', file)
    return folder !== undefined && existsSync(path) ? bufferSource(new Uint8Array(readFileSync(path))) : null
  }
  return { detection, source: await readModel(formats, detection, source, { name, sibling }) }
}
