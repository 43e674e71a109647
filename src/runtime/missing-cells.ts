/** Cells that stand for a missing value, as pandas and R write them. */
const MISSING: ReadonlySet<string> = new Set([
  '',
  'NA',
  'N/A',
  '#N/A',
  'NaN',
  'nan',
  'NAN',
  '-NaN',
  '-nan',
  'null',
  'NULL',
  'None',
  '<NA>',
  'n/a',
  '?',
])

/** Whether a table's cell says that there is no value. */
export const isMissingCell = (cell: string): boolean => MISSING.has(cell)
