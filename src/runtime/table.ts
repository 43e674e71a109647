import { PortolanError } from '../core/errors.ts'
import { shortestFloat32 } from '../core/ir/float32.ts'
import type { Category, Feature, ModelInput, ModelOutput } from '../core/ir/model.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import { isMissingCell } from './missing-cells.ts'

/** Text cells by column: what a CSV holds. */
export interface TextTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What stood between the cells; a comma when absent. */
  readonly delimiter?: string
}

/** In milliseconds. */
const SECOND = 1000
const DAY = 86_400 * SECOND

/**
 * The inputs of a tabular model from the rows of a table: columns are found by the features' names, and by position when
 * none of them occurs in the header. `columns` chooses and orders the table's columns first.
 *
 * @returns one tensor [N, features] per model input: float64, or string
 * @throws PortolanError('invalid-input') for a missing column or a cell that is not a number, naming row and column
 */
export function tableToInputs(
  inputs: readonly ModelInput[],
  table: TextTable,
  columns?: readonly string[],
): Record<string, EvalTensor> {
  const features = inputs.flatMap((input) => input.features ?? [])
  const positions = columnPositions(features, table, columns)
  const result: Record<string, EvalTensor> = {}
  let next = 0
  for (const input of inputs) {
    if (!input.features) {
      throw new PortolanError(
        'invalid-input',
        `the input ${input.value} is a tensor, and a CSV holds columns of a table`,
        {
          hint: 'Give the input as .npz or .json.',
        },
      )
    }
    const first = next
    next += input.features.length
    result[input.value] = columnsTensor(input.features, positions.slice(first, next), table)
  }
  return result
}

function columnPositions(features: readonly Feature[], table: TextTable, columns?: readonly string[]): number[] {
  const chosen = columns ?? table.columns
  const position = new Map(table.columns.map((name, i) => [name, i]))
  for (const name of columns ?? []) {
    if (!position.has(name)) {
      throw new PortolanError('invalid-input', `there is no column ${name} in the input`, {
        hint: `Its columns: ${table.columns.join(', ')}.`,
      })
    }
  }
  const named = features.filter((feature) => position.has(feature.name))
  if (named.length > 0 && !columns) {
    return features.map((feature) => {
      const at = position.get(feature.name)
      if (at !== undefined) return at
      throw new PortolanError('invalid-input', `the input has no column ${feature.name}, which the model needs`, {
        hint: `Its columns: ${table.columns.join(', ')}. Name the columns as the model does, or give them in order with --columns.`,
      })
    })
  }
  if (chosen.length < features.length) {
    throw new PortolanError(
      'invalid-input',
      `the model needs ${features.length} columns, and the input has ${chosen.length}`,
      {
        hint: `The model's columns: ${features.map((f) => f.name).join(', ')}.`,
      },
    )
  }
  return features.map((_, i) => position.get(chosen[i] ?? '') ?? i)
}

function columnsTensor(features: readonly Feature[], positions: readonly number[], table: TextTable): EvalTensor {
  const shape = [table.rows.length, features.length]
  if (features.some((feature) => feature.dataType === 'string')) {
    const data = table.rows.flatMap((row) =>
      features.map((feature, j) => textCell(feature, row[positions[j] ?? 0] ?? '')),
    )
    return { dtype: 'string', shape, data }
  }
  const data = new Float64Array(table.rows.length * features.length)
  table.rows.forEach((row, i) => {
    features.forEach((feature, j) => {
      data[i * features.length + j] = numberCell(feature, row[positions[j] ?? 0] ?? '', i + 1)
    })
  })
  return { dtype: 'float64', shape, data }
}

function textCell(feature: Feature, cell: string): string {
  if (feature.missingValues?.includes(cell)) return ''
  if (feature.values?.includes(cell)) return cell
  return isMissingCell(cell) ? '' : cell
}

function numberCell(feature: Feature, cell: string, row: number): number {
  const text = cell.trim()
  if (isMissingCell(text)) return Number.NaN
  const value = parseNumber(feature, text)
  if (value === undefined) {
    throw new PortolanError(
      'invalid-input',
      `row ${row}: ${feature.name} is "${cell}", which is not a ${feature.dataType}`,
      {
        hint: 'Leave a cell empty for a missing value.',
        context: { row, column: feature.name },
      },
    )
  }
  return feature.missingValues?.includes(value) || feature.missingValues?.includes(text) ? Number.NaN : value
}

function parseNumber(feature: Feature, text: string): number | undefined {
  if (feature.dataType === 'date' || feature.dataType === 'dateTime') {
    const milliseconds = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) || !text.includes('T') ? text : `${text}Z`)
    if (!Number.isNaN(milliseconds))
      return feature.dataType === 'date' ? Math.floor(milliseconds / DAY) : milliseconds / SECOND
  }
  const lower = text.toLowerCase()
  if (lower === 'true') return 1
  if (lower === 'false') return 0
  if (/^[+-]?inf(inity)?$/.test(lower)) return lower.startsWith('-') ? -Infinity : Infinity
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}

/** A model's answers as a table: label, probabilities, values … in the outputs' order, named as the source would. */
export function outputsToTable(
  outputs: readonly ModelOutput[],
  values: Readonly<Record<string, EvalTensor>>,
): TextTable {
  const columns: { name: string; cell: (row: number) => string }[] = []
  let rows = 0
  for (const output of outputs) {
    const tensor = values[output.value]
    if (!tensor) throw new PortolanError('internal', `the output ${output.value} was not computed`)
    rows = Math.max(rows, tensor.shape[0] ?? 1)
    const width = tensor.shape.slice(1).reduce((n, d) => n * d, 1)
    const format = cellFormat(output, tensor)
    for (let k = 0; k < width; k++) {
      const name = output.columns?.[k] ?? (width === 1 ? output.value : `${output.value}(${k})`)
      columns.push({ name, cell: (row) => format(tensor.data[row * width + k] as Category) })
    }
  }
  return {
    columns: columns.map((c) => c.name),
    rows: Array.from({ length: rows }, (_, row) => columns.map((c) => c.cell(row))),
  }
}

function cellFormat(output: ModelOutput, tensor: EvalTensor): (value: Category) => string {
  if (output.dataType === 'boolean') return (value) => (typeof value === 'string' ? value : value ? 'true' : 'false')
  if (output.dataType === 'date') return (value) => isoTime(Number(value) * DAY).slice(0, 10)
  if (output.dataType === 'dateTime') return (value) => isoTime(Number(value) * SECOND)
  if (tensor.dtype === 'float32') return (value) => (typeof value === 'string' ? value : formatFloat32(value))
  return (value) => (typeof value === 'string' ? value : Number.isNaN(value) ? '' : String(value))
}

/** YYYY-MM-DDThh:mm:ss of milliseconds since 1970-01-01; empty for a missing time. */
const isoTime = (milliseconds: number) =>
  Number.isNaN(milliseconds) ? '' : new Date(milliseconds).toISOString().slice(0, 19)

/** A float32 in its shortest form; empty for NaN. */
export const formatFloat32 = (value: number): string => (Number.isNaN(value) ? '' : String(shortestFloat32(value)))
