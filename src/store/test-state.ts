import type { DType } from '../core/ir/dtype.ts'
import type { Feature } from '../core/ir/model.ts'
import type { Dim } from '../core/ir/types.ts'
import type { Comparison } from '../runtime/compare.ts'
import type { OutputAgreement } from '../runtime/compare-values.ts'
import type { TextTable } from '../runtime/table.ts'
import type { RunView } from '../worker/run-view.ts'
import type { ImageReading } from '../worker/test-request.ts'
import type { ConvertOptions } from './documents-state.ts'
import { idle, type Task } from './task.ts'

/** A model that is loaded into ONNX Runtime, ready to be fed. */
export interface TestSetup {
  readonly inputs: readonly FormInput[]
  /** Rows that come with a sample: the first one fills the form. */
  readonly example: TextTable | null
  /** Whether the opened file itself was loaded, or its conversion with these options. */
  readonly isOriginal: boolean
  readonly options: ConvertOptions
  /** Milliseconds that loading took. */
  readonly loadTime: number
  /** Whether the model could be lowered, so that there is a float64 reference. */
  readonly hasReference: boolean
}

/** An input as the form shows it. */
export interface FormInput {
  readonly name: string
  /** Columns of a table; null for a plain tensor. */
  readonly features: readonly Feature[] | null
  readonly dtype: DType | null
  readonly shape: readonly Dim[] | null
}

export type TestMode = 'row' | 'table' | 'tensors'

export const fillKinds = ['random', 'zeros', 'image', 'npy', 'json'] as const

/** What a person has entered for a tensor; only what the kind asks for is used. */
export interface FillDraft extends ImageReading {
  readonly kind: (typeof fillKinds)[number]
  readonly shape: readonly number[]
  readonly seed: number
  readonly json: string
  readonly file: File | null
}

export interface TestDraft {
  readonly mode: TestMode
  /** Cells by feature. */
  readonly row: Readonly<Record<string, string>>
  readonly table: { readonly name: string; readonly table: TextTable } | null
  /** In the order of the inputs. */
  readonly fills: readonly FillDraft[]
}

/** The reference's answers beside ONNX Runtime's. */
export interface Agreement {
  readonly outputs: readonly OutputAgreement[]
  /** Milliseconds that the reference took. */
  readonly time: number
}

export interface TestState {
  readonly setup: Task<TestSetup>
  readonly draft: TestDraft
  readonly run: Task<RunView>
  /** What was entered when it was last run. */
  readonly ran: TestDraft | null
  /** Done with null where there is no reference. */
  readonly agreement: Task<Agreement | null>
  readonly expected: Task<Comparison>
}

export const initialTest: TestState = {
  setup: idle,
  draft: { mode: 'row', row: {}, table: null, fills: [] },
  run: idle,
  ran: null,
  agreement: idle,
  expected: idle,
}
