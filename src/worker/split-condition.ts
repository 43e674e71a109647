import type { TracedColumn } from '../core/column-trace.ts'
import { SPLIT, type TreeEnsemble } from '../core/ops/ml/tree-ensemble.ts'

/** What holds for the rows on either side of a split. */
export interface SplitCondition {
  /** On the true branch: `age ≤ 30`. */
  readonly holds: string
  /** On the false one: `age > 30`. */
  readonly fails: string
}

/** Signs of a comparison and of its opposite. */
const SIGNS: Readonly<Record<number, readonly [holds: string, fails: string]>> = {
  [SPLIT.lessOrEqual]: ['≤', '>'],
  [SPLIT.less]: ['<', '≥'],
  [SPLIT.greaterOrEqual]: ['≥', '<'],
  [SPLIT.greater]: ['>', '≤'],
  [SPLIT.equal]: ['=', '≠'],
  [SPLIT.notEqual]: ['≠', '='],
  [SPLIT.in]: ['∈', '∉'],
}

/** The condition of a split on a column, in words and in the units of the column that a person knows. */
export function splitCondition(column: TracedColumn, ensemble: TreeEnsemble, index: number): SplitCondition {
  const { label, indicates, scale } = column
  const mode = ensemble.mode[index] ?? 0
  const threshold = ensemble.threshold[index] ?? 0
  const asksForOne = indicates && truthOf(mode, threshold)
  if (indicates && asksForOne !== undefined) {
    return asksForOne ? indicates : { holds: indicates.fails, fails: indicates.holds }
  }
  const set = ensemble.sets[threshold]
  const told = (value: string, [holds, fails] = SIGNS[mode] ?? ['?', '?']): SplitCondition => ({
    holds: `${label} ${holds} ${value}`,
    fails: `${label} ${fails} ${value}`,
  })
  if (mode === SPLIT.in) {
    // in a set of nothing is what is missing, if anything
    if (set?.length === 0) return told('missing', ensemble.missingTrue[index] === 1 ? ['=', '≠'] : ['≠', '='])
    return told(`{${set?.join(', ') ?? ''}}`)
  }
  const isText = (mode === SPLIT.equal || mode === SPLIT.notEqual) && typeof set?.[0] === 'string'
  return told(isText ? String(set[0]) : short(scale ? threshold * scale.factor + scale.offset : threshold))
}

/** Whether a comparison asks for the 1 of a column of ones and zeros, or for the 0; undefined when for neither. */
function truthOf(mode: number, threshold: number): boolean | undefined {
  const holds = COMPARES[mode]
  if (!holds) return undefined
  const [one, zero] = [holds(1, threshold), holds(0, threshold)]
  return one === zero ? undefined : one
}

const COMPARES: Readonly<Record<number, (x: number, threshold: number) => boolean>> = {
  [SPLIT.lessOrEqual]: (x, threshold) => x <= threshold,
  [SPLIT.less]: (x, threshold) => x < threshold,
  [SPLIT.greaterOrEqual]: (x, threshold) => x >= threshold,
  [SPLIT.greater]: (x, threshold) => x > threshold,
}

/** A number as a picture shows it, where five digits say enough; NaN is the missing value. */
export const short = (x: number) => (Number.isNaN(x) ? 'missing' : String(Number(x.toPrecision(5))))
