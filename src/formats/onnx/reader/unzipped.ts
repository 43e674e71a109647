import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { ReadOptions } from '../../../core/format.ts'
import { openZip } from '../../../encodings/zip/open-zip.ts'

const ZIP_MAGIC = 0x504b0304

/** The model of a zip, its siblings being the files beside it there; any other file as it is. */
export async function unzipped(
  file: ByteSource,
  options: ReadOptions,
): Promise<{ source: ByteSource; options: ReadOptions }> {
  const head = await file.read(0, Math.min(4, file.size))
  const isZip = head.length === 4 && new DataView(head.buffer, head.byteOffset).getUint32(0) === ZIP_MAGIC
  if (!isZip) return { source: file, options }
  const zip = await openZip(file)
  const model = zip.entries.find(({ name }) => name.endsWith('.onnx'))
  if (!model) return { source: file, options }
  const folder = model.name.slice(0, model.name.lastIndexOf('/') + 1)
  const sibling = async (name: string) => {
    const entry = zip.entries.find((each) => each.name === folder + name.replace(/^\.\//, ''))
    return entry ? entry.source() : null
  }
  return { source: await model.source(), options: { ...options, sibling } }
}
