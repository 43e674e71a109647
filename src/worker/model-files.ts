import { type ByteSource, blobSource } from '../core/bytes/byte-source.ts'
import type { BytePart } from '../core/bytes/parts.ts'
import type { Companion } from '../core/writer.ts'

/** A file that belongs beside a model's, as the page hands it around. */
export interface CompanionFile {
  readonly name: string
  readonly blob: Blob
}

/** A file of parts, none of which is read where it is a slice of another. */
export async function blobOf(parts: readonly BytePart[], type: string): Promise<Blob> {
  return new Blob(await Promise.all(parts.map(blobPart)), { type })
}

/** Bytes made here, or the slice of the original Blob. */
async function blobPart(part: BytePart): Promise<BlobPart> {
  if (part instanceof Uint8Array) return part as Uint8Array<ArrayBuffer>
  // As a Blob of its own, computed bytes are the browser's to keep, on disk where it wants to.
  return (part as ByteSource).blob?.() ?? new Blob([(await part.read(0, part.size)) as Uint8Array<ArrayBuffer>])
}

/** The files beside a model, for the page. */
export function companionFiles(companions: readonly Companion[] = []): Promise<CompanionFile[]> {
  return Promise.all(
    companions.map(async ({ name, parts }) => ({ name, blob: await blobOf(parts, 'application/octet-stream') })),
  )
}

/** The same as a runtime takes them. */
export const companionsOf = (files: readonly CompanionFile[]): Companion[] =>
  files.map(({ name, blob }) => ({ name, parts: [blobSource(blob)] }))
