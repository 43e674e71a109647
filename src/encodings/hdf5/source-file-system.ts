import type { ByteSource } from '../../core/bytes/byte-source.ts'
import { isEndlessHeap } from './global-heap.ts'
import type { Hdf5Library } from './library.ts'

/** Reads that one call may make; a damaged index can send the library round in circles. */
const MAX_READS = 1_000_000

const DIRECTORY_MODE = 0o40555
const FILE_MODE = 0o100444
/** errno of Emscripten's WASI. */
const EIO = 29
const ENOENT = 44

interface FsNode {
  size: number
  node_ops: object
  stream_ops: object
  usedBytes: number
}

/** The part of Emscripten's FS that a file system of one read-only file needs (emscripten/src/lib/libfs.js). */
interface EmscriptenFs {
  createNode(parent: FsNode | null, name: string, mode: number, device: number): FsNode
  mkdir(path: string): void
  rmdir(path: string): void
  mount(type: { mount(): FsNode }, options: object, path: string): void
  unmount(path: string): void
  ErrnoError: new (errno: number) => Error
}

/** A read that the library made: where, and how many bytes. */
export interface RecordedRead {
  position: number
  length: number
}

/** A byte source as a file that the library can open: its reads go straight to the source, nothing is copied before. */
export interface MountedSource {
  readonly path: string
  /** Runs a call with a fresh allowance of reads and returns what it read. */
  record(call: () => void): RecordedRead[]
  /** Gives a new allowance of reads. */
  renew(): void
  unmount(): void
}

let mounts = 0

export function mountSource(
  library: Hdf5Library,
  size: number,
  readSync: NonNullable<ByteSource['readSync']>,
): MountedSource {
  const fs = library.FS as unknown as EmscriptenFs
  const mount = ++mounts
  const directory = `/source-${mount}`
  let allowance = MAX_READS
  let recording: RecordedRead[] | undefined

  const tryRead = (position: number, length: number): Uint8Array | undefined => {
    try {
      return readSync(position, length)
    } catch {
      return undefined
    }
  }
  const read = (_stream: object, heap: Int8Array, at: number, length: number, position: number): number => {
    if (allowance-- <= 0) throw new fs.ErrnoError(EIO)
    const available = Math.max(0, Math.min(length, size - position))
    recording?.push({ position, length: available })
    if (available === 0) return 0
    const bytes = tryRead(position, available)
    if (bytes === undefined || isEndlessHeap(bytes)) throw new fs.ErrnoError(EIO)
    heap.set(bytes, at)
    return available
  }
  const attributes = (mode: number, bytes: number) => () => ({
    // The library takes files of the same device and inode for the same file.
    dev: 1,
    ino: mount,
    mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size: bytes,
    atime: new Date(0),
    mtime: new Date(0),
    ctime: new Date(0),
    blksize: 4096,
    blocks: Math.ceil(bytes / 4096),
  })
  const seek = (stream: { position: number }, offset: number, whence: number): number =>
    whence === 1 ? stream.position + offset : whence === 2 ? size + offset : offset

  const fileSystem = {
    mount() {
      const root = fs.createNode(null, '/', DIRECTORY_MODE, 0)
      const file = fs.createNode(root, 'file', FILE_MODE, 0)
      file.size = size
      file.usedBytes = size
      file.node_ops = { getattr: attributes(FILE_MODE, size) }
      file.stream_ops = { read, llseek: seek }
      root.stream_ops = {}
      root.node_ops = {
        getattr: attributes(DIRECTORY_MODE, 4096),
        lookup(_parent: FsNode, name: string) {
          if (name === 'file') return file
          throw new fs.ErrnoError(ENOENT)
        },
      }
      return root
    },
  }
  fs.mkdir(directory)
  fs.mount(fileSystem, {}, directory)
  return {
    path: `${directory}/file`,
    renew() {
      allowance = MAX_READS
    },
    record(call) {
      const reads: RecordedRead[] = []
      allowance = MAX_READS
      recording = reads
      try {
        call()
      } finally {
        recording = undefined
      }
      return reads
    },
    unmount() {
      fs.unmount(directory)
      fs.rmdir(directory)
    },
  }
}
