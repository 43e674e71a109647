import { parseCsv } from '../encodings/csv/parse-csv.ts'
import { writeCsv } from '../encodings/csv/write-csv.ts'
import type { TextTable } from './table.ts'

/** A CSV text as a table of raw cells. Throws PortolanError('invalid-input') that names the row. */
export function tableFromCsv(input: Uint8Array | string): TextTable {
  const { header, columns, rowCount, delimiter } = parseCsv(input)
  const rows = Array.from({ length: rowCount }, (_, r) => columns.map((column) => column[r] ?? ''))
  return { columns: header, rows, delimiter }
}

export function tableToCsv({ columns, rows, delimiter }: TextTable): string {
  const cells = columns.map((_, c) => rows.map((row) => row[c] ?? ''))
  return writeCsv(columns, cells, delimiter).join('')
}
