import { MalformedFileError } from '../../core/errors.ts'

/** An entry's name as a relative path with forward slashes. Throws MalformedFileError when it leads out of the archive. */
export function sanitizeEntryName(name: string): string {
  const segments = name.replaceAll('\\', '/').split('/')
  const unsafe =
    segments[0] === '' || /^[a-zA-Z]:/.test(name) || segments.includes('..') || name === '' || name.includes('\0')
  if (unsafe) {
    throw new MalformedFileError(`A zip entry is named ${JSON.stringify(name)}, a path outside the archive`, {
      hint: 'Such archives are made to overwrite files. Do not unpack it; ask its author for a clean one.',
    })
  }
  return segments.filter((segment) => segment !== '.').join('/')
}
