import type { Category } from '../../../../core/ir/model.ts'
import type { Formula } from '../columns/formula.ts'
import type { DataType } from './data-type.ts'

export type OpType = 'continuous' | 'categorical' | 'ordinal'

/** A field that formulas and models can refer to. */
export interface Field {
  readonly name: string
  readonly dataType: DataType
  readonly opType: OpType
  readonly formula: Formula
  /** The valid values in their order, where they are listed. */
  readonly values?: readonly Category[]
  /** A missing value has been replaced. */
  readonly neverMissing?: boolean
  /** Values that are not valid get through to the model. */
  readonly admitsInvalid?: boolean
}

export const opTypeOf = (text: string | undefined, dataType: DataType): OpType => {
  if (text === 'continuous' || text === 'categorical' || text === 'ordinal') return text
  return dataType === 'string' || dataType === 'boolean' ? 'categorical' : 'continuous'
}
