import { isMissingCell } from './missing-cells.ts'
import type { TextTable } from './table.ts'

/** How two tables of answers differ, column by column. */
export interface Comparison {
  readonly rows: number
  readonly columns: readonly ColumnComparison[]
  /** Columns of the expected table that the actual one lacks. */
  readonly absent: readonly string[]
  readonly passed: boolean
}

export interface ColumnComparison {
  readonly name: string
  readonly kind: 'number' | 'label'
  /** Largest |actual − expected|. */
  readonly maxAbsolute: number
  /** Largest |actual − expected| / |expected|, over expected values that are not 0. */
  readonly maxRelative: number
  /** Rows that differ by more than the tolerance; for labels, flipped ones. */
  readonly different: number
  /** The worst rows, worst first. */
  readonly worst: readonly {
    readonly row: number
    readonly actual: string
    readonly expected: string
    readonly error: number
  }[]
}

export interface Tolerance {
  readonly rtol: number
  readonly atol: number
}

const WORST = 5

/** Compares by column name (spaces, quotes and case aside): passes where |a − e| ≤ atol + rtol·|e|, labels where equal. */
export function compareTables(actual: TextTable, expected: TextTable, { rtol, atol }: Tolerance): Comparison {
  const position = new Map(actual.columns.map((name, i) => [plainName(name), i]))
  const absent = expected.columns.filter((name) => !position.has(plainName(name)))
  const columns = expected.columns.flatMap((name, j) => {
    const k = position.get(plainName(name))
    if (k === undefined) return []
    return [
      compareColumn(
        name,
        actual.rows.map((r) => r[k] ?? ''),
        expected.rows.map((r) => r[j] ?? ''),
        { rtol, atol },
      ),
    ]
  })
  const passed =
    absent.length === 0 &&
    actual.rows.length === expected.rows.length &&
    columns.every((column) => column.different === 0)
  return { rows: expected.rows.length, columns, absent, passed }
}

const plainName = (name: string) => name.replace(/[\s"']/g, '').toLowerCase()

function compareColumn(
  name: string,
  actual: readonly string[],
  expected: readonly string[],
  tolerance: Tolerance,
): ColumnComparison {
  const numeric = expected.every((cell) => isMissingCell(cell) || !Number.isNaN(Number(cell)))
  const errors = expected.map((e, row) => {
    const a = actual[row] ?? ''
    return { row: row + 1, actual: a, expected: e, ...cellError(a, e, tolerance) }
  })
  const differing = errors.filter((e) => e.different)
  const finite = errors.filter((e) => Number.isFinite(e.error))
  return {
    name,
    kind: numeric ? 'number' : 'label',
    maxAbsolute: finite.reduce((max, e) => Math.max(max, e.error), 0),
    maxRelative: finite.reduce(
      (max, e) => Math.max(max, Number(e.expected) === 0 ? 0 : e.error / Math.abs(Number(e.expected)) || 0),
      0,
    ),
    different: differing.length,
    worst: [...differing]
      .sort((a, b) => b.error - a.error)
      .slice(0, WORST)
      .map(({ row, actual, expected, error }) => ({ row, actual, expected, error })),
  }
}

function cellError(actual: string, expected: string, { rtol, atol }: Tolerance): { error: number; different: boolean } {
  if (isMissingCell(expected)) return { error: 0, different: !isMissingCell(actual) }
  const [a, e] = [truth(actual), truth(expected)]
  const [x, y] = [Number(a), Number(e)]
  if (a === '' || Number.isNaN(x) || Number.isNaN(y)) return { error: a === e ? 0 : Infinity, different: a !== e }
  if (x === y) return { error: 0, different: false }
  const error = Math.abs(x - y)
  return { error, different: !(error <= atol + rtol * Math.abs(y)) }
}

const truth = (cell: string) => ({ true: '1', false: '0' })[cell.toLowerCase()] ?? cell
