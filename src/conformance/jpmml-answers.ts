import type { TextTable } from '../runtime/table.ts'

/** Questions with JPMML-Evaluator's answers. */
interface Scored {
  readonly input: TextTable
  readonly expected: TextTable
}

/** The column with the message of a row that was refused. */
const ERROR_COLUMN = 'error'

/** Drops rows without an answer to compare with; a class without votes, which JPMML leaves empty, has the probability 0. */
export function comparableAnswers({ input, expected }: Scored): Scored {
  const error = expected.columns.indexOf(ERROR_COLUMN)
  const isAnswered = (_: unknown, row: number) => !(expected.rows[row]?.[error] || input.rows[row]?.some(isHalfway))
  const kept = expected.columns.map((_, k) => k).filter((k) => k !== error)
  const probabilities = kept.filter((k) => expected.columns[k]?.startsWith('probability'))
  const cell = (row: readonly string[], k: number, isVoted: boolean) =>
    row[k] || (isVoted && probabilities.includes(k) ? '0' : '')
  return {
    input: { ...input, rows: input.rows.filter(isAnswered) },
    expected: {
      columns: kept.map((k) => expected.columns[k] ?? ''),
      rows: expected.rows.filter(isAnswered).map((row) => {
        const isVoted = probabilities.some((k) => row[k])
        return kept.map((k) => cell(row, k, isVoted))
      }),
    },
  }
}

/** JPMML-Evaluator reads a float from its text; a double half-way between two floats may be rounded to the other one. */
function isHalfway(cell: string): boolean {
  const size = Math.abs(Number(cell))
  const near = new Float32Array([size])
  const bits = new Uint32Array(near.buffer)
  const float = near[0] ?? 0
  if (cell === '' || Number.isNaN(size) || float === size) return false
  bits[0] = (bits[0] ?? 0) + (size > float ? 1 : -1)
  return size === (float + (near[0] ?? 0)) / 2
}
