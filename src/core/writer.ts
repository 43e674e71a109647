import type { BytePart } from './bytes/parts.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { Graph } from './ir/graph.ts'
import type { Model, ModelInput, ModelOutput } from './ir/model.ts'

/** The options that conversions take; a writer uses those that mean something to it. */
export interface WriteOptions {
  readonly signal?: AbortSignal
  /** Fraction done, 0–1. */
  readonly onProgress?: (fraction: number) => void
  /** ONNX: the ai.onnx opset. */
  readonly opset?: number
  /** ONNX: element type of a classical model's inputs and outputs; 'float' computes inside in double where it matters. */
  readonly precision?: 'float' | 'double'
  /** ONNX: class probabilities as one tensor, or as a sequence of maps for runtimes that expect scikit-learn's form. */
  readonly probabilities?: 'tensor' | 'zipmap'
  /** ONNX: a fixed first dimension instead of a symbolic one. */
  readonly batch?: number
  /** ONNX: new names of inputs and outputs, by the old ones. */
  readonly rename?: Readonly<Record<string, string>>
  /** ONNX: the weights in a file of their own beside the model, however small; those of a model over 2 GB are there anyway. */
  readonly externalData?: boolean
  /** What the file will be called, for formats whose files name each other. */
  readonly fileName?: string
  /** ONNX: a table of named numeric columns as one input per column or as one matrix. */
  readonly inputs?: 'columns' | 'matrix'
  /** PMML: what to do with a value that the model has never seen. */
  readonly invalidValues?: 'returnInvalid' | 'asIs' | 'asMissing'
  /** PMML: rows with their answers to embed as ModelVerification, columns by name. */
  readonly verification?: readonly Readonly<Record<string, string | number>>[]
}

/** A file that the model's own refers to by name: it has to stand beside it. */
export interface Companion {
  readonly name: string
  readonly parts: readonly BytePart[]
}

export interface Written {
  /** The file; absent when a diagnostic is `blocked`. */
  readonly parts?: readonly BytePart[]
  /** The files that belong beside it; absent where it is whole by itself. */
  readonly companions?: readonly Companion[]
  readonly diagnostics: readonly Diagnostic[]
  /** The target as a graph in the target's dialect, its nodes' origins pointing at *source* nodes. */
  readonly graph?: Graph
  /** What the file takes and gives, by the names it has in the file: what a runtime needs to be fed from a table. */
  readonly signature?: Signature
}

/** A model's inputs and outputs, `value` being a name in the target. */
export interface Signature {
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
}

/** Writes the hub's model as a file of one format. Everything that blocks it is reported at once. */
export interface Writer {
  write(model: Model, options?: WriteOptions): Promise<Written>
  /** What `write` would report, by the same steps up to where the file's bytes would be made. */
  check(model: Model, options?: WriteOptions): Promise<readonly Diagnostic[]>
  /** Hub operators that it has an emitter for, by registry: the computed matrix reads this. */
  readonly operators: readonly string[]
}
