import type { Category } from '../../ir/model.ts'
import type { EvalTensor } from '../spec.ts'
import { isMissing, keyFor, mlSpec, requireWidth } from './table.ts'

/** Missing values, and those that stand for one, become the column's replacement. */
export const impute = mlSpec('ml.impute', {
  infer: (attributes, ctx) => {
    requireWidth(ctx, attributes.replacements.length)
    return [ctx.inputs[0] ?? { dtype: null, shape: null }]
  },
  evaluate: ({ missingValue, replacements }, inputs) => {
    const x = inputs[0] as EvalTensor
    const isText = x.dtype === 'string'
    const marker = missingValue === undefined ? undefined : keyFor(missingValue, isText)
    const fill = replacements.map((replacement) => keyFor(replacement, isText))
    const columns = replacements.length
    const replaced = (value: Category, i: number): Category =>
      isMissing(value) || value === marker ? (fill[i % columns] as Category) : value
    const data = isText
      ? (x.data as readonly string[]).map((value, i) => replaced(value, i) as string)
      : (x.data as Float64Array).map((value, i) => replaced(value, i) as number)
    return [{ ...x, data }]
  },
})
