import { MalformedFileError } from '../../errors.ts'
import type { Category } from '../../ir/model.ts'
import type { EvalTensor } from '../spec.ts'
import { type Column, cell, columnsOf, isMissing, mlSpec, result, rowCount, rowsBy, widthOf } from './table.ts'
import { SPLIT, type TreeEnsemble } from './tree-ensemble.ts'

/** Every tree's leaf for every row, aggregated over the trees. */
export const treeEnsemble = mlSpec('ml.treeEnsemble', {
  infer: ({ ensemble }, ctx) => {
    const width = widthOf(ctx)
    const last = ensemble.column.reduce((a, b) => Math.max(a, b), 0)
    if (width !== null && last >= width) {
      throw new MalformedFileError(`${ctx.op} splits on column ${last} of a table of ${width} columns`)
    }
    return [rowsBy(ctx, ensemble.targets)]
  },
  evaluate: ({ ensemble }, inputs) => [evaluateEnsemble(ensemble, inputs)],
})

/** The table as numbers: text becomes codes, so that one loop serves all columns; missing is NaN either way. */
interface Coded {
  readonly data: Float64Array
  readonly width: number
  /** Members of the set of a node that compares with one. */
  readonly members: ReadonlyMap<number, ReadonlySet<number>>
}

const UNKNOWN_CODE = -1

function encode(ensemble: TreeEnsemble, columns: readonly Column[], rows: number): Coded {
  const codes = columns.map(() => new Map<string, number>())
  const codeOf = (column: number, value: Category): number => {
    if (!columns[column]?.isText) return Number(value)
    const known = codes[column] as Map<string, number>
    const text = String(value)
    if (!known.has(text)) known.set(text, known.size)
    return known.get(text) as number
  }
  const members = new Map<number, ReadonlySet<number>>()
  const shared = new Map<string, ReadonlySet<number>>()
  for (let node = 0; node < ensemble.mode.length; node++) {
    if (!usesSet(ensemble, node, columns)) continue
    const column = ensemble.column[node] as number
    const index = ensemble.threshold[node] as number
    const key = `${index}/${column}`
    const set = shared.get(key) ?? new Set((ensemble.sets[index] ?? []).map((value) => codeOf(column, value)))
    shared.set(key, set)
    members.set(node, set)
  }
  const width = columns.length
  const data = new Float64Array(rows * width)
  for (const [c, column] of columns.entries()) {
    const known = codes[c] as Map<string, number>
    for (let row = 0; row < rows; row++) {
      const value = cell(column, row)
      data[row * width + c] =
        typeof value === 'number' ? value : isMissing(value) ? Number.NaN : (known.get(value) ?? UNKNOWN_CODE)
    }
  }
  return { data, width, members }
}

/** Whether the threshold of a node is an index into `sets`. */
function usesSet(ensemble: TreeEnsemble, node: number, columns: readonly Column[]): boolean {
  const mode = ensemble.mode[node]
  if (mode === SPLIT.in) return true
  return (mode === SPLIT.equal || mode === SPLIT.notEqual) && columns[ensemble.column[node] as number]?.isText === true
}

/** Rows that go through all trees together, few enough to stay in the processor's cache. */
const BLOCK = 512

const sum = (a: number, b: number): number => a + b
const COMBINE = { sum, average: sum, min: Math.min, max: Math.max } as const

function evaluateEnsemble(ensemble: TreeEnsemble, inputs: readonly EvalTensor[]): EvalTensor {
  const { targets, leafValues, aggregate } = ensemble
  const rows = rowCount(inputs)
  const table = encode(ensemble, columnsOf(inputs), rows)
  const leafOf = walker(ensemble, table)
  const start = aggregate === 'min' ? Infinity : aggregate === 'max' ? -Infinity : 0
  const y = result(rows, targets, new Float64Array(rows * targets).fill(start))
  const combine = COMBINE[aggregate]
  for (let first = 0; first < rows; first += BLOCK) {
    const end = Math.min(first + BLOCK, rows)
    for (const root of ensemble.roots) {
      for (let row = first; row < end; row++) {
        const leaf = leafOf(root, row * table.width) * targets
        for (let k = 0; k < targets; k++) {
          const i = row * targets + k
          y.data[i] = combine(y.data[i] as number, leafValues[leaf + k] as number)
        }
      }
    }
  }
  const divisor = aggregate === 'average' ? ensemble.roots.length : 1
  for (let i = 0; i < y.data.length; i++)
    y.data[i] = (y.data[i] as number) / divisor + (ensemble.base[i % targets] as number)
  return y
}

/** A function that gives the row of `leafValues` for the tree at `root` and the table's row that starts at `offset`. */
function walker(ensemble: TreeEnsemble, { data, members }: Coded): (root: number, offset: number) => number {
  const { mode, column, threshold, whenTrue, whenFalse, missingTrue } = ensemble
  const { leaf, lessOrEqual, less, greaterOrEqual, greater, notEqual } = SPLIT
  return (root, offset) => {
    let node = root
    for (;;) {
      const value = data[offset + (column[node] as number)] as number
      const limit = threshold[node] as number
      let test: boolean
      switch (mode[node]) {
        case leaf:
          return whenTrue[node] as number
        case lessOrEqual:
          test = value <= limit
          break
        case less:
          test = value < limit
          break
        case greaterOrEqual:
          test = value >= limit
          break
        case greater:
          test = value > limit
          break
        default: {
          const set = members.get(node)
          const found = set ? set.has(value) : value === limit
          test = !Number.isNaN(value) && found === (mode[node] !== notEqual)
        }
      }
      // No test holds for NaN, so only a failed one has to ask.
      if (test || (missingTrue[node] === 1 && Number.isNaN(value))) node = whenTrue[node] as number
      else node = whenFalse[node] as number
    }
  }
}
