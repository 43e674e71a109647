import { MalformedFileError, PortolanError } from '../../core/errors.ts'

/** h5wasm's low-level module: the HDF5 C library and its file system. */
export type Hdf5Library = typeof import('h5wasm').Module

let loading: Promise<Hdf5Library> | undefined
let crashed = false

/** The HDF5 library (4 MB of wasm inside its JavaScript, no file to locate), loaded when the first file needs it. */
export function loadHdf5Library(): Promise<Hdf5Library> {
  if (crashed) {
    throw new PortolanError('runtime', 'The HDF5 library stopped at a damaged file and can not go on', {
      hint: 'Reload the page (or start the command again) and leave out the damaged file.',
    })
  }
  loading ??= import('h5wasm')
    .then(({ ready }) => ready)
    .then((library) => {
      captureDiagnostics(library)
      return library
    })
  return loading
}

/** What the library printed last; its error stack is several lines per error. */
let diagnostics = ''
const MAX_DIAGNOSTICS = 20_000

/** The library prints its error stack on stderr: it is collected instead, to tell the reason. */
function captureDiagnostics(library: Hdf5Library): void {
  const fs = library.FS as unknown as { getStream(fd: number): { stream_ops: object } }
  const stderr = fs.getStream(2)
  const decoder = new TextDecoder()
  stderr.stream_ops = {
    ...stderr.stream_ops,
    write(_stream: object, heap: Int8Array, offset: number, length: number): number {
      diagnostics = (diagnostics + decoder.decode(heap.slice(offset, offset + length))).slice(-MAX_DIAGNOSTICS)
      return length
    },
  }
}

/** A MalformedFileError with the innermost reason of the library's error stack. */
export function damaged(what: string, cause?: unknown): MalformedFileError {
  const reasons = [...diagnostics.matchAll(/ in \w+\(\): (.*)/g)]
  const reason = reasons.at(-1)?.[1] ?? (cause instanceof Error ? cause.message : undefined)
  return new MalformedFileError(`HDF5: ${what}${reason === undefined ? '' : `: ${reason}`}`, { cause })
}

/**
 * Runs a call into the library. What it throws becomes a MalformedFileError that says what was attempted; after a trap
 * in its code the library is not used again.
 */
export function guarded<T>(what: string, call: () => T): T {
  diagnostics = ''
  try {
    return call()
  } catch (error) {
    if (error instanceof PortolanError) throw error
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) crashed = true
    throw damaged(`${what} can not be read`, error)
  }
}
