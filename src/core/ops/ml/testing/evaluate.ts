import type { EvalTensor } from '../../spec.ts'
import type { MlAttributes, MlOp } from '../attributes.ts'
import { mlOps } from '../index.ts'

/** The outputs of an operator; tables are given as matrices of numbers or of text. */
export function evaluate<O extends MlOp>(
  op: O,
  attributes: MlAttributes[O],
  ...tables: readonly (readonly (readonly (number | string)[])[])[]
): EvalTensor[] {
  const spec = mlOps.find((each) => each.op === op)
  if (!spec) throw new Error(`no spec of ${op}`)
  const inputs = tables.map((rows): EvalTensor => {
    const shape = [rows.length, rows[0]?.length ?? 0]
    const cells = rows.flat()
    if (cells.some((value) => typeof value === 'string')) return { dtype: 'string', shape, data: cells.map(String) }
    return { dtype: 'float64', shape, data: Float64Array.from(cells as number[]) }
  })
  const run = () => {
    throw new Error('no bodies here')
  }
  return spec.evaluate(inputs, { op, attributes: { ...attributes }, outputCount: 1, run })
}
