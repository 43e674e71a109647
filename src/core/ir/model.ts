import type { Graph } from './graph.ts'

/** A label, category or key of a table. Missing strings are '' and missing numbers NaN. */
export type Category = string | number

/** What the model expects of one input column: PMML's DataField and ONNX's column of a tensor. */
export interface Feature {
  /** The column's name in the source: `feature_names_in_`, a PMML field, an R term; `x1`… where the source has none. */
  readonly name: string
  readonly kind: 'continuous' | 'categorical' | 'ordinal'
  /** How the outside world writes it. In the hub a `string` column is a string tensor; all others are numbers: booleans
   * 0/1, `date` days and `dateTime` seconds since 1970-01-01. */
  readonly dataType: 'double' | 'float' | 'integer' | 'boolean' | 'string' | 'date' | 'dateTime'
  /** Valid values of a categorical column, where known. */
  readonly values?: readonly Category[]
  /** Values that stand for a missing one, besides the empty cell. */
  readonly missingValues?: readonly Category[]
  /** Observed range, for forms and random data only. */
  readonly range?: readonly [number, number]
}

/** One entry of a model's signature. */
export interface ModelInput {
  /** The graph input. */
  readonly value: string
  /** Features of a table's columns, in order: value has the shape [N, features.length]; absent for a plain tensor. */
  readonly features?: readonly Feature[]
}

export type OutputRole =
  | 'label'
  | 'value'
  | 'probability'
  | 'decision'
  | 'confidence'
  | 'cluster'
  | 'affinity'
  | 'transform'
  | 'other'

export interface ModelOutput {
  /** The graph output. */
  readonly value: string
  readonly role: OutputRole
  /** The names its columns have in a table, one per element of a row ([N] or [N, 1] has one); absent for a plain tensor. */
  readonly columns?: readonly string[]
  /** Class labels in the order of the columns, for probabilities, votes and decisions, or all labels of a label column. */
  readonly classes?: readonly Category[]
  /** How the label or value is written: a boolean label is 0/1 in the hub. */
  readonly dataType?: Feature['dataType']
}

/** The hub's model: a graph in the 'hub' dialect with its signature. */
export interface Model {
  readonly graph: Graph
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  /** Free facts that targets can carry along: producer, description, author … */
  readonly metadata: Readonly<Record<string, string>>
  /** Rows with the source's own answers, when the source file carries them (PMML ModelVerification). */
  readonly verification?: readonly Readonly<Record<string, Category>>[]
}
