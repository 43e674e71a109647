import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { type BytePart, streamPart } from '../core/bytes/parts.ts'
import { PortolanError } from '../core/errors.ts'

export interface OutputFile {
  readonly path: string
  readonly parts: readonly BytePart[]
}

/** Writes parts to a file and returns its size; see writeFiles. */
export async function writeFile(path: string, parts: readonly BytePart[]): Promise<number> {
  const [size] = await writeFiles([{ path, parts }])
  return size as number
}

/**
 * Writes files that belong together and returns their sizes: into temporary neighbours first, so that a failure leaves no partial
 * output and none of the files without the others.
 */
export async function writeFiles(files: readonly OutputFile[]): Promise<number[]> {
  const sizes: number[] = []
  const placed: string[] = []
  let path = ''
  try {
    for (const file of files) {
      path = file.path
      sizes.push(await writeParts(temporaryOf(path), file.parts))
    }
    for (const file of files) {
      path = file.path
      renameSync(temporaryOf(path), path)
      placed.push(path)
    }
    return sizes
  } catch (error) {
    for (const partial of [...files.map((file) => temporaryOf(file.path)), ...placed]) rmSync(partial, { force: true })
    if (error instanceof PortolanError) throw error
    const code = (error as NodeJS.ErrnoException).code
    throw new PortolanError('invalid-input', `${path} can not be written: ${code ?? String(error)}`, {
      hint: 'Check the folder, its permissions and the free space.',
    })
  }
}

const temporaryOf = (path: string): string => `${path}.partial-${process.pid}`

async function writeParts(path: string, parts: readonly BytePart[]): Promise<number> {
  let size = 0
  const fd = openSync(path, 'wx')
  try {
    for (const part of parts) for await (const bytes of streamPart(part)) size += writeWhole(fd, bytes)
  } finally {
    closeSync(fd)
  }
  return size
}

function writeWhole(fd: number, bytes: Uint8Array): number {
  let done = 0
  while (done < bytes.length) done += writeSync(fd, bytes, done)
  return done
}
