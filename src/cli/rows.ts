import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { BytePart } from '../core/bytes/parts.ts'
import { PortolanError } from '../core/errors.ts'
import { tableFromCsv, tableToCsv } from '../runtime/csv-table.ts'
import type { Engine, Values } from '../runtime/predict.ts'
import { outputsToTable, type TextTable, tableToInputs } from '../runtime/table.ts'
import { tabularInputs } from '../runtime/tabular.ts'
import { tensorsFromJson, tensorsToJson } from '../runtime/tensor-json.ts'
import { readNpzTensors, writeNpzTensors } from '../runtime/tensor-npz.ts'

/** Reads a file of test data. Throws PortolanError('invalid-input') when it can not be opened. */
export function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new PortolanError(
      'invalid-input',
      `${path} can not be read: ${code === 'ENOENT' ? 'there is no such file' : code}`,
      { hint: 'Check the path.' },
    )
  }
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** A CSV file as a table. */
export function readTable(path: string): TextTable {
  return tableFromCsv(readInput(path))
}

/** Named tensors from a .json or .npz file. */
export async function readTensors(path: string): Promise<Values> {
  if (extname(path).toLowerCase() === '.npz') return readNpzTensors(readInput(path))
  return tensorsFromJson(textOf(readInput(path)))
}

/** What an engine is fed, and how the table that it came from separates its cells. */
export interface Input {
  readonly values: Values
  readonly delimiter?: string
}

/** The engine's inputs from a .csv, .json or .npz file. */
export async function readValues(engine: Engine, path: string, columns: readonly string[]): Promise<Input> {
  if (/\.(npz|json)$/i.test(path)) return { values: await readTensors(path) }
  const table = readTable(path)
  const values = tableToInputs(tabularInputs(engine, table), table, columns.length > 0 ? columns : undefined)
  return { values, ...(table.delimiter === undefined ? {} : { delimiter: table.delimiter }) }
}

/** The engine's answers as the bytes of a .csv, .json or .npz file; a table is written in the dialect of the input's. */
export async function encodeValues(
  engine: Engine,
  values: Values,
  extension: string,
  delimiter = ',',
): Promise<BytePart[]> {
  if (extension === '.npz') return writeNpzTensors(values)
  const text =
    extension === '.json' ? tensorsToJson(values) : tableToCsv({ ...outputsToTable(engine.outputs, values), delimiter })
  return [new TextEncoder().encode(text)]
}
