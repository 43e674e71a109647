import type { ByteSource } from '../../core/bytes/byte-source.ts'
import { streamPart } from '../../core/bytes/parts.ts'
import { MalformedFileError } from '../../core/errors.ts'

/**
 * Inflates a raw deflate stream (RFC 1951) of a known output size with the platform's own DecompressionStream; stops
 * at the first byte too many. Throws MalformedFileError naming the entry `name`.
 */
export async function inflateRaw(data: ByteSource, size: number, name: string): Promise<Uint8Array> {
  const output = new Uint8Array(size)
  const { readable, writable } = new DecompressionStream('deflate-raw')
  const feeding = feed(writable.getWriter(), data)
  feeding.catch(() => {}) // reported below, once the reading end has stopped too
  const reader = readable.getReader()
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (length + value.length > size) {
        throw new MalformedFileError(`The zip entry ${JSON.stringify(name)} is longer than the ${size} bytes it claims`)
      }
      output.set(value, length)
      length += value.length
    }
    await feeding
  } catch (error) {
    reader.cancel().catch(() => {})
    if (error instanceof MalformedFileError) throw error
    throw new MalformedFileError(`The zip entry ${JSON.stringify(name)} can not be inflated`, { cause: error })
  }
  if (length !== size) {
    throw new MalformedFileError(`The zip entry ${JSON.stringify(name)} has ${length} of the ${size} bytes it claims`)
  }
  return output
}

async function feed(writer: WritableStreamDefaultWriter<BufferSource>, data: ByteSource): Promise<void> {
  try {
    for await (const bytes of streamPart(data)) await writer.write(bytes as Uint8Array<ArrayBuffer>)
    await writer.close()
  } catch (error) {
    await writer.abort(error).catch(() => {})
    throw error
  }
}
