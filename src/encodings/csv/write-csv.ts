import Papa from 'papaparse'

/** A cell; null and undefined are written as an empty one, numbers with all their digits. */
export type CsvCell = string | number | bigint | boolean | null | undefined

const ROWS_PER_PART = 4096

/**
 * Writes RFC 4180 CSV as parts (LF, quotes where they are needed; a comma between cells unless told otherwise).
 * `columns[c]` is the column of `header[c]`; all have the same length.
 */
export function writeCsv(header: readonly string[], columns: readonly ArrayLike<CsvCell>[], delimiter = ','): string[] {
  const rowCount = columns[0]?.length ?? 0
  const line = (rows: readonly (readonly string[])[]) =>
    `${Papa.unparse(rows as string[][], { newline: '\n', delimiter })}\n`
  const parts = [line([header])]
  for (let start = 0; start < rowCount; start += ROWS_PER_PART) {
    const length = Math.min(ROWS_PER_PART, rowCount - start)
    parts.push(line(Array.from({ length }, (_, i) => columns.map((column) => cellText(column[start + i])))))
  }
  return parts
}

function cellText(cell: CsvCell): string {
  return cell === null || cell === undefined ? '' : String(cell)
}
