import type { SerializedError } from '../core/errors.ts'
import type { WriteOptions } from '../core/writer.ts'
import type { CompatibilityView, ConversionView, LoweredView, ModelSummary } from '../worker/model-service.ts'
import { idle, type Task } from './task.ts'
import { initialTest, type TestState } from './test-state.ts'

export const views = ['overview', 'graph', 'convert', 'compare', 'test'] as const
export type View = (typeof views)[number]

/** The options of a conversion that the page offers. */
export type ConvertOptions = Omit<WriteOptions, 'signal' | 'onProgress' | 'fileName'>

/** A conversion and the options that it was made with. */
export interface Conversion extends ConversionView {
  readonly target: string
  readonly options: ConvertOptions
  /** What the converted file is to be called. */
  readonly fileName: string
  /** Milliseconds that it took. */
  readonly time: number
}

/** The tree that is shown instead of the graph of operators. */
export interface TreeChoice {
  /** The ensemble's node. */
  readonly node: string
  readonly index: number
}

export interface ConversionState {
  /** The target's format id; null until the compatibility table suggests one. */
  readonly target: string | null
  readonly options: ConvertOptions
  /** Inputs and outputs by the names that they have when nobody renames them; known after the first conversion. */
  readonly names: readonly string[]
  readonly task: Task<Conversion>
}

/** A file that was opened, and everything known and done about it. */
export interface StudioDocument {
  readonly id: string
  readonly name: string
  readonly size: number
  /** The CSV that comes with a sample. */
  readonly sampleRows: Blob | null
  /** The model that this one was converted from. */
  readonly convertedFrom: string | null
  readonly summary: Task<ModelSummary>
  readonly compatibility: Task<readonly CompatibilityView[]>
  /** Null until the model is lowered, and where it can not be. */
  readonly lowered: LoweredView | null
  readonly tree: TreeChoice | null
  readonly view: View
  /** Ids of source nodes that are selected. */
  readonly selection: readonly string[]
  readonly conversion: ConversionState
  readonly test: TestState
}

export interface DocumentsState {
  readonly documents: readonly StudioDocument[]
  /** The document that is shown; null for the opening page. */
  readonly activeId: string | null
  /** Why something that never became a document could not be opened. */
  readonly openError: SerializedError | null
}

export const initialDocuments: DocumentsState = { documents: [], activeId: null, openError: null }

export function newDocument(
  facts: Pick<StudioDocument, 'id' | 'name' | 'size'> & Partial<StudioDocument>,
): StudioDocument {
  return {
    sampleRows: null,
    convertedFrom: null,
    summary: idle,
    compatibility: idle,
    lowered: null,
    tree: null,
    view: 'overview',
    selection: [],
    conversion: { target: null, options: {}, names: [], task: idle },
    test: initialTest,
    ...facts,
  }
}
