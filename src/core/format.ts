import type { ByteSource } from './bytes/byte-source.ts'
import type { SourceModel } from './source-model.ts'
import type { Writer } from './writer.ts'

/** What content detection looks at: the first bytes, the size, the name as a mere hint, archive members when it is one. */
export interface Probe {
  readonly source: ByteSource
  readonly name: string
  /** Up to the first 64 KiB. */
  readonly head: Uint8Array
  /** The beginning of the content: of what a compressed file (gzip, xz …) holds, else the same as `head`. */
  readonly content: Uint8Array
  /** `gzip`, `bzip2`, `xz` … where the file is compressed as a whole. */
  readonly compression: string | null
  /** Member names when the file is a zip archive. */
  readonly entries: readonly string[] | null
  /** Reads a zip member of at most 1 MiB; null when there is none. */
  entry(name: string): Promise<Uint8Array | null>
}

/** An answer to "is it yours?". */
export interface Detection {
  /** The format's id. */
  readonly format: string
  /** What exactly: `Keras 3 archive (.keras)`, `TorchScript module`. */
  readonly variant: string
  /** 1 certain (magic and structure), 0.5 plausible. */
  readonly confidence: number
  /** Why it cannot be used although it is recognised: weights only, an optimizer state … */
  readonly obstacle?: { readonly message: string; readonly hint: string }
}

export interface ReadOptions {
  readonly name: string
  readonly signal?: AbortSignal
  /** Finds a sibling file: external data of an ONNX model. */
  readonly sibling?: (name: string) => Promise<ByteSource | null>
}

export interface Reader {
  read(source: ByteSource, options: ReadOptions): Promise<SourceModel>
  /** Source operators that have a lowering, each with the hub operators it may produce: the computed matrix reads this. */
  readonly lowerings: readonly LoweringFacts[]
}

export interface LoweringFacts {
  readonly operator: string
  readonly produces: readonly string[]
}

/** The facts about a format, cheap to load; reader and writer are imported when needed. */
export interface FormatDescriptor {
  readonly id: string
  readonly name: string
  /** With the dot, most typical first. */
  readonly extensions: readonly string[]
  readonly mimeType: string
  /** One sentence each: what it is for, who reads it. */
  readonly purpose: string
  readonly audience: string
  readonly documentation: string
  detect(probe: Probe): Promise<Detection | null>
  readonly reader?: () => Promise<Reader>
  readonly writer?: () => Promise<Writer>
}
