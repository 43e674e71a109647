import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ByteSource } from '../core/bytes/byte-source.ts'
import { MalformedFileError, PortolanError } from '../core/errors.ts'

/** Node reads less than 2 GiB at a time. */
const MAX_READ = 2 ** 30

/** A file on disk as a byte source: nothing is read before it is asked for. Throws PortolanError('invalid-input') when it can not be opened. */
export function fileSource(path: string): ByteSource & { close(): void } {
  const fd = open(path)
  const { size } = fstatSync(fd)
  return { ...part(path, fd, 0, size), close: () => closeSync(fd) }
}

function open(path: string): number {
  try {
    const fd = openSync(path, 'r')
    if (fstatSync(fd).isFile()) return fd
    closeSync(fd)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'there is no such file' : (code ?? String(error))
    throw new PortolanError('invalid-input', `${path} can not be opened: ${reason}`, { hint: 'Check the path.' })
  }
  throw new PortolanError('invalid-input', `${path} is not a file`, {
    hint: 'Give a file; zip a SavedModel or .mlpackage folder first.',
  })
}

function part(path: string, fd: number, start: number, size: number): ByteSource {
  const check = (offset: number, length: number) => {
    if (offset >= 0 && length >= 0 && offset + length <= size) return
    throw new MalformedFileError(`${length} bytes expected, but the data ends at byte ${size}`, { offset })
  }
  const readNow = (offset: number, length: number) => {
    check(offset, length)
    const bytes = new Uint8Array(length)
    let done = 0
    while (done < length) {
      const n = readSync(fd, bytes, done, Math.min(length - done, MAX_READ), start + offset + done)
      if (n === 0) throw new MalformedFileError('the file became shorter while it was read', { offset: offset + done })
      done += n
    }
    return bytes
  }
  return {
    size,
    read: async (offset, length) => readNow(offset, length),
    readSync: readNow,
    slice(offset, length) {
      check(offset, length)
      return part(path, fd, start + offset, length)
    },
    file: () => ({ path, offset: start }),
  }
}
