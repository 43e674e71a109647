import Papa from 'papaparse'
import { LimitExceededError, PortolanError } from '../../core/errors.ts'

/** A table of raw strings, column by column; an empty cell is ''. */
export interface CsvTable {
  /** Column names, unique. */
  readonly header: readonly string[]
  /** `columns[c][r]`: as many columns as the header has, all of the same length. */
  readonly columns: readonly (readonly string[])[]
  readonly rowCount: number
  /** The delimiter that was found. */
  readonly delimiter: string
}

const DELIMITERS = [',', ';', '\t'] as const
/** A JavaScript string ends at 2^29 characters. */
const MAX_BYTES = 500_000_000

/**
 * Reads RFC 4180 CSV with a header: quoted cells with delimiters, quotes and line breaks, any line ending, a byte order
 * mark; comma, semicolon or tab, whichever the header line uses most. Empty lines are skipped, except that in a table
 * of one column they are empty cells.
 *
 * Throws PortolanError `invalid-input` that names the row (the header is row 1), LimitExceededError for size.
 */
export function parseCsv(input: Uint8Array | string): CsvTable {
  if (input.length > MAX_BYTES) {
    throw new LimitExceededError(`The CSV file has ${input.length} bytes`, {
      hint: 'Split it into smaller files.',
      context: { limit: MAX_BYTES },
    })
  }
  const text = (typeof input === 'string' ? input : new TextDecoder().decode(input)).replace(/^\uFEFF/, '')
  const delimiter = sniffDelimiter(text)
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: false })
  const quoteError = errors.find((error) => error.type === 'Quotes')
  if (quoteError) {
    throw invalid(
      `row ${(quoteError.row ?? 0) + 1}: ${quoteError.message}`,
      'Write a quote inside a quoted cell twice: "".',
    )
  }
  const [first, ...rows] = withoutEmptyLines(data)
  const header = first?.cells
  if (!header) throw invalid('there is no header line', 'The first line must name the columns.')
  const repeated = header.find((name, c) => header.indexOf(name) !== c)
  if (repeated !== undefined)
    throw invalid(`the column ${JSON.stringify(repeated)} occurs twice`, 'Rename one of them.')
  return { header, columns: transpose(header.length, rows), rowCount: rows.length, delimiter }
}

function invalid(what: string, hint: string): PortolanError {
  return new PortolanError('invalid-input', `CSV: ${what}`, { hint })
}

/** The delimiter that occurs most in the first line, outside quotes. */
function sniffDelimiter(text: string): string {
  const counts = new Map<string, number>()
  let quoted = false
  for (const character of text) {
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === '\n' || character === '\r')) break
    else if (!quoted) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  const count = (delimiter: string) => counts.get(delimiter) ?? 0
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best))
}

interface Row {
  /** Row number in the file; the header is 1. */
  readonly number: number
  readonly cells: readonly string[]
}

function withoutEmptyLines(records: readonly (readonly string[])[]): Row[] {
  const isEmpty = ({ cells }: Row) => cells.length === 1 && cells[0] === ''
  const rows = records.map((cells, i) => ({ number: i + 1, cells }))
  const last = rows.at(-1)
  if (last && isEmpty(last)) rows.pop() // the line break at the end of the file
  const oneColumn = rows[0]?.cells.length === 1 && !isEmpty(rows[0])
  return oneColumn ? rows : rows.filter((row) => !isEmpty(row))
}

function transpose(width: number, rows: readonly Row[]): string[][] {
  const columns = Array.from({ length: width }, () => new Array<string>(rows.length))
  for (const [r, { number, cells }] of rows.entries()) {
    if (cells.length !== width) {
      throw invalid(
        `row ${number} has ${cells.length} cells, the header ${width}`,
        'Every row needs a cell for each column; quote cells that contain the delimiter.',
      )
    }
    for (const [c, column] of columns.entries()) column[r] = cells[c] as string
  }
  return columns
}
