import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { DType } from '../../../../../core/ir/dtype.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import { keyFor } from '../../../../../core/ops/ml/table.ts'
import type { EmitContext } from '../../emitter.ts'
import { categories } from './constants.ts'

export interface LookupTable {
  /** The first of equal keys counts; NaN and '' are keys like any other. */
  readonly keys: readonly Category[]
  readonly values: readonly Category[]
  /** For a value that is no key. */
  readonly otherwise: Category
  /** For a missing value, unless it is a key. */
  readonly missing: Category
  readonly type: 'float64' | 'int64' | 'string'
}

/** A table applied to each element of a column [N, c] of any element type: LabelEncoder. Numbers are compared as float64. */
export function lookup(ctx: EmitContext, value: ValueName, table: LookupTable): ValueName {
  const isText = ctx.graph.type(value).dtype === 'string'
  const entries = new Map<Category, Category>()
  const add = (key: Category, entry: Category) => entries.has(key) || entries.set(key, entry)
  for (const [i, key] of table.keys.entries()) add(keyFor(key, isText), table.values[i] as Category)
  add(isText ? '' : Number.NaN, table.missing)
  const keyType: DType = isText ? 'string' : 'float64'
  return ctx.graph.op('ai.onnx.ml.LabelEncoder', [ctx.cast(value, keyType)], {
    keys_tensor: categories([...entries.keys()], keyType),
    values_tensor: categories([...entries.values()], table.type),
    default_tensor: categories([table.otherwise], table.type),
  })
}
