import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelInput, ModelOutput } from '../core/ir/model.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import { tableFromCsv } from '../runtime/csv-table.ts'
import type { Values } from '../runtime/predict.ts'
import type { TextTable } from '../runtime/table.ts'
import { readNpzTensors } from '../runtime/tensor-npz.ts'
import type { FixtureCase, FixtureSet } from './fixture-case.ts'
import { comparableAnswers } from './jpmml-answers.ts'

/** What a case asks a model and what its framework answered: rows of a table, or named tensors. */
export type Answers =
  | { readonly kind: 'table'; readonly input: TextTable; readonly expected: TextTable; readonly extra?: TextTable }
  | { readonly kind: 'tensors'; readonly input: Values; readonly expected: Values }

/** A case's questions with their answers; none for a model that must be blocked everywhere. */
export async function answersOf(set: FixtureSet, entry: FixtureCase): Promise<Answers[]> {
  const bytes = (file: string) => new Uint8Array(readFileSync(join(set.folder, file)))
  const pairs = [
    [entry.input, entry.expected],
    [entry.inputTensors, entry.expectedTensors],
  ]
  const answers: Answers[] = []
  for (const [input, expected] of pairs) {
    if (input === undefined || expected === undefined) continue
    if (input.endsWith('.npz')) {
      const [given, wanted] = [await readNpzTensors(bytes(input)), await readNpzTensors(bytes(expected))]
      answers.push({ kind: 'tensors', input: given, expected: wanted })
    } else {
      const given = { input: tableFromCsv(bytes(input)), expected: tableFromCsv(bytes(expected)) }
      const tables = set.format === 'pmml' ? comparableAnswers(given) : given
      const extra = entry.extra === undefined ? {} : { extra: tableFromCsv(bytes(entry.extra)) }
      answers.push({ kind: 'table', ...tables, ...extra })
    }
  }
  return answers
}

/**
 * Answers as rows of a table, under the column names that a tabular target says it has: it may leave out columns that the
 * model never looks at. `outputs` by the source's names.
 */
export function asTable(
  answers: Answers,
  inputs: readonly ModelInput[],
  outputs: ReadonlyMap<string, ModelOutput>,
): Answers {
  if (answers.kind === 'table') return { ...answers, input: withNames(answers.input, inputs) }
  const given = inputs.map(({ value, features = [] }) => ({
    tensor: answers.input[value],
    names: features.map((feature) => feature.name),
  }))
  const wanted = Object.entries(answers.expected).map(([name, tensor]) => ({
    tensor,
    names: outputs.get(name)?.columns ?? [],
  }))
  return { kind: 'table', input: columnsOf(given), expected: columnsOf(wanted) }
}

/** A table whose columns were meant in order gets the model's names for them. */
function withNames(table: TextTable, inputs: readonly ModelInput[]): TextTable {
  const names = inputs.flatMap(({ features = [] }) => features.map((feature) => feature.name))
  const isByName = names.some((name) => table.columns.includes(name))
  return isByName ? table : { ...table, columns: table.columns.map((column, i) => names[i] ?? column) }
}

function columnsOf(blocks: readonly { tensor: EvalTensor | undefined; names: readonly string[] }[]): TextTable {
  const present = blocks.flatMap(({ tensor, names }) => (tensor ? [{ tensor, names }] : []))
  const rowCount = present[0]?.tensor.shape[0] ?? 0
  const cells = (tensor: EvalTensor, row: number) => {
    const width = tensor.data.length / rowCount
    return Array.from<number | string>(tensor.data)
      .slice(row * width, (row + 1) * width)
      .map(cellOf)
  }
  return {
    columns: present.flatMap(({ names }) => names),
    rows: Array.from({ length: rowCount }, (_, row) => present.flatMap(({ tensor }) => cells(tensor, row))),
  }
}

const cellOf = (value: number | string) => (Number.isNaN(value) ? '' : String(value))
