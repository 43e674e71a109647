import type { Diagnostic } from './diagnostics.ts'
import type { Graph } from './ir/graph.ts'
import type { Feature, Model } from './ir/model.ts'
import type { ValueType } from './ir/types.ts'
import type { Written } from './writer.ts'

/** One row of "what is it": a fact about the file that the page and `inspect` show as they are. */
export interface Fact {
  readonly name: string
  readonly value: string
}

/** What a pickle would have imported and called, had anybody run it. */
export interface SafetyReport {
  readonly verdict: 'safe' | 'unknown' | 'dangerous'
  readonly entries: readonly {
    readonly name: string
    readonly classification: 'safe' | 'unknown' | 'dangerous'
    readonly called: boolean
    readonly count: number
  }[]
}

export interface SignatureEntry {
  readonly name: string
  readonly type: ValueType
  /** Column names of a table, where the source has them. */
  readonly columns?: readonly string[]
  /** What is known of each column once the model is lowered. */
  readonly features?: readonly Feature[]
}

/**
 * A model as its author wrote it: the graph in the source's own dialect, to be looked at and to be lowered.
 * Made by a format's reader; holds the file open as long as it lives.
 */
export interface SourceModel {
  /** The format's id. */
  readonly format: string
  /** `scikit-learn pickle`, `Keras 3 archive` … */
  readonly formatName: string
  /** Versions: of the format, of the framework. */
  readonly versions: readonly Fact[]
  readonly producer?: string
  readonly facts: readonly Fact[]
  readonly graph: Graph
  readonly inputs: readonly SignatureEntry[]
  readonly outputs: readonly SignatureEntry[]
  /** Number of trained parameters (elements of weights; leaves and thresholds of trees). */
  readonly parameterCount: number
  readonly diagnostics: readonly Diagnostic[]
  readonly safety?: SafetyReport
  /**
   * Lowers to the hub. Unsupported operators are reported all at once as `blocked` diagnostics, and then there is no
   * model. Throws PortolanError only for damaged content.
   */
  lower(options?: LowerOptions): Promise<LowerResult>
  /** An ONNX file is its own converted model: the bytes as they are, those beside it, and what they take and give. */
  readonly runnable?: Required<Pick<Written, 'parts' | 'signature'>> & Pick<Written, 'companions'>
  close?(): Promise<void>
}

export interface LowerOptions {
  readonly signal?: AbortSignal
}

export interface LowerResult {
  /** Absent when a diagnostic is `blocked`. */
  readonly model?: Model
  readonly diagnostics: readonly Diagnostic[]
}
