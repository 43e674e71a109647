import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { startsWith } from '../probing.ts'

const ID = 'r'

/** Encodings of R's serialization: XDR, native binary, ASCII (R Internals, "Serialization Formats"). */
const SERIALIZATIONS = ['X\n', 'B\n', 'A\n']

async function detect(probe: Probe): Promise<Detection | null> {
  const { content, compression } = probe
  const packed = compression === null ? '' : `, ${compression}`
  const workspace = /^RD[XAB][23]\n$/.test(new TextDecoder('latin1').decode(content.subarray(0, 5)))
  if (workspace) return { format: ID, variant: `R workspace (.RData${packed})`, confidence: 1 }
  const isSerialized = SERIALIZATIONS.some((magic) => startsWith(content, magic)) && hasVersion(content)
  return isSerialized ? { format: ID, variant: `R object (.rds${packed})`, confidence: 1 } : null
}

/** A serialization version of 2 or 3 follows the encoding. */
function hasVersion(content: Uint8Array): boolean {
  if (startsWith(content, 'A\n')) return content[2] === 0x32 || content[2] === 0x33
  if (content.length < 6) return false
  const version = new DataView(content.buffer, content.byteOffset).getInt32(2, startsWith(content, 'B\n'))
  return version === 2 || version === 3
}

export const r: FormatDescriptor = {
  id: ID,
  name: 'R',
  extensions: ['.rds', '.RData', '.rda'],
  mimeType: 'application/octet-stream',
  purpose: 'Statistics and research: fitted models of R and its packages.',
  audience: 'R with the packages that made the model.',
  documentation: 'https://cran.r-project.org/doc/manuals/r-release/R-ints.html#Serialization-Formats',
  detect,
}
