import { shortestFloat32 } from '../../../core/ir/float32.ts'
import type { Category, Feature } from '../../../core/ir/model.ts'
import type { Element } from './element.ts'

export type DataType = Feature['dataType']
export type OpType = 'continuous' | 'categorical' | 'ordinal'

/** A named thing that a PMML model can refer to: a DataField, a DerivedField or an OutputField of an earlier segment. */
export interface Field {
  readonly name: string
  readonly dataType: DataType
  readonly opType: OpType
  /** 0: depends on data only; k: known after the k-th segment of the chain. */
  readonly stage: number
  /** How a DerivedField is computed, and from which fields; absent for data and output fields. */
  readonly definition?: { readonly expression: Element; readonly inputs: readonly Field[] }
}

/**
 * One column of a hub tensor as PMML sees it. Columns stay symbolic as long as possible, so that a tree can test
 * `field = "x"` where a tensor runtime needs the dummy variable.
 */
export type Column =
  | { readonly kind: 'field'; readonly field: Field }
  /** Not named yet: becomes a DerivedField when a model refers to it. */
  | {
      readonly kind: 'expression'
      readonly expression: Element
      readonly inputs: readonly Field[]
      readonly dataType: DataType
      readonly name?: string
      /** Other expressions refer to it as a field instead of repeating it. */
      readonly named?: boolean
    }
  /** 1 where the field's value is one of `members` (with `others`: is none of them), else 0; 1 for a missing value when `missing`. */
  | {
      readonly kind: 'indicator'
      readonly field: Field
      readonly members: readonly Category[]
      readonly missing: boolean
      readonly others?: boolean
    }
  | { readonly kind: 'constant'; readonly value: Category }

/** A column that is the same number in every row. */
export const number = (value: number): Column => ({ kind: 'constant', value })

/** How PMML writes a value of a data type. */
export function formatValue(value: Category, dataType: DataType): string {
  if (dataType === 'boolean') return /^true$/i.test(String(value)) || Number(value) ? 'true' : 'false'
  if (typeof value === 'number') return formatNumber(value)
  return value
}

/** A double as xs:double, shortest form that reads back as the same number. */
export function formatNumber(value: number): string {
  if (value === Infinity) return 'INF'
  if (value === -Infinity) return '-INF'
  if (Object.is(value, -0)) return '0'
  return String(value)
}

/** The shortest decimal that reads back as the same float32. */
export const formatFloat32 = (value: number): string => formatNumber(shortestFloat32(value))

/** The largest float32 that is not above `value`: `float32(x) <= value` is the same as `x <= float32Floor(value)`. */
export function float32Floor(value: number): number {
  const rounded = Math.fround(value)
  if (!(rounded > value)) return rounded
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, rounded)
  const bits = view.getInt32(0)
  view.setInt32(0, rounded > 0 ? bits - 1 : rounded < 0 ? bits + 1 : 0x80000001 | 0)
  return view.getFloat32(0)
}
