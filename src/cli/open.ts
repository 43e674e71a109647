import { basename, dirname, join, normalize, sep } from 'node:path'
import type { ByteSource } from '../core/bytes/byte-source.ts'
import { type OpenedModel, readModel } from '../core/pipeline.ts'
import { detect } from '../formats/detect.ts'
import { formats } from '../formats/registry.ts'
import { fileSource } from './file-source.ts'

/** Recognises and reads the model in a file. */
export async function openFile(path: string): Promise<OpenedModel> {
  const source = fileSource(path)
  const name = basename(path)
  const detection = await detect(formats, source, name)
  const model = await readModel(formats, detection, source, { name, sibling: async (file) => sibling(path, file) })
  return { detection, source: model }
}

/** A file beside the model's, for external data; null when it is not there or would lie outside the folder. */
function sibling(path: string, file: string): ByteSource | null {
  const relative = normalize(file)
  if (relative.startsWith('..') || relative.startsWith(sep)) return null
  try {
    return fileSource(join(dirname(path), relative))
  } catch {
    return null
  }
}
