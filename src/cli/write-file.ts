import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { type BytePart, streamPart } from '../core/bytes/parts.ts'
import { PortolanError } from '../core/errors.ts'

/** Writes parts to a file and returns its size: into a temporary neighbour first, so that a failure leaves no partial output. */
export async function writeFile(path: string, parts: readonly BytePart[]): Promise<number> {
  const temporary = `${path}.partial-${process.pid}`
  let size = 0
  try {
    const fd = openSync(temporary, 'wx')
    try {
      for (const part of parts) for await (const bytes of streamPart(part)) size += writeWhole(fd, bytes)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
    return size
  } catch (error) {
    rmSync(temporary, { force: true })
    if (error instanceof PortolanError) throw error
    const code = (error as NodeJS.ErrnoException).code
    throw new PortolanError('invalid-input', `${path} can not be written: ${code ?? String(error)}`, {
      hint: 'Check the folder, its permissions and the free space.',
    })
  }
}

function writeWhole(fd: number, bytes: Uint8Array): number {
  let done = 0
  while (done < bytes.length) done += writeSync(fd, bytes, done)
  return done
}
