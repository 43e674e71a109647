import { MalformedFileError } from '../errors.ts'

/** Random access to bytes that may be too many to hold: a Blob in the page, a file in Node, a buffer in a test. */
export interface ByteSource {
  /** Total bytes. */
  readonly size: number
  /** Reads exactly `length` bytes from `offset`; throws MalformedFileError past the end. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** The same at once, where the platform can: memory, a file in Node, a Blob in a worker. For libraries that can not wait. */
  readSync?(offset: number, length: number): Uint8Array
  /** A view of a part; no bytes are read. Throws MalformedFileError when it does not lie inside. */
  slice(offset: number, length: number): ByteSource
  /** The same bytes as a Blob, where the platform can do so without reading them. */
  blob?(): Blob
  /** Where the file lies on disk, when it is a whole file or a part of one (Node). */
  file?(): { path: string; offset: number }
}

function checkRange(size: number, offset: number, length: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
    throw new MalformedFileError(`${length} bytes expected, but the data ends at byte ${size}`, { offset })
  }
}

/** A byte source over bytes in memory; reads are views, not copies. */
export function bufferSource(bytes: Uint8Array): ByteSource {
  const readSync = (offset: number, length: number) => {
    checkRange(bytes.length, offset, length)
    return bytes.subarray(offset, offset + length)
  }
  return {
    size: bytes.length,
    read: async (offset, length) => readSync(offset, length),
    readSync,
    slice(offset, length) {
      checkRange(bytes.length, offset, length)
      return bufferSource(bytes.subarray(offset, offset + length))
    },
  }
}

/** What only workers have, by name: this file is also compiled for the page. */
interface WorkerGlobals {
  FileReaderSync?: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer }
}

/** A byte source over a Blob or File. */
export function blobSource(blob: Blob): ByteSource {
  const { FileReaderSync } = globalThis as WorkerGlobals
  const reader = FileReaderSync && new FileReaderSync()
  return {
    size: blob.size,
    async read(offset, length) {
      checkRange(blob.size, offset, length)
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
    },
    slice(offset, length) {
      checkRange(blob.size, offset, length)
      return blobSource(blob.slice(offset, offset + length))
    },
    blob: () => blob,
    ...(reader && {
      readSync(offset: number, length: number) {
        checkRange(blob.size, offset, length)
        return new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length)))
      },
    }),
  }
}

/** All bytes of a source. The caller has checked that they fit in memory. */
export async function readAll(source: ByteSource): Promise<Uint8Array> {
  return source.read(0, source.size)
}
