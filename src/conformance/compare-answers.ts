import type { EvalTensor } from '../core/ops/spec.ts'
import { type Comparison, compareTables, type Tolerance } from '../runtime/compare.ts'
import type { Engine, Values } from '../runtime/predict.ts'
import { outputsToTable, type TextTable, tableToInputs } from '../runtime/table.ts'
import { tabularInputs } from '../runtime/tabular.ts'
import type { Answers } from './answers.ts'
import type { FixtureCase } from './fixture-case.ts'
import { type Float32Noise, NO_NOISE } from './float32-noise.ts'
import { type Arithmetic, toleranceOf } from './tolerance.ts'

/** How much answers may differ. */
interface Scale {
  readonly entry: FixtureCase
  readonly arithmetic: Arithmetic
  readonly noise: Float32Noise
}

/** The tolerance of a column or an output; what float32 arithmetic itself changes is no difference. */
function tolerance({ entry, arithmetic, noise }: Scale, name: string, size: number): Tolerance {
  const { rtol, atol } = toleranceOf(entry, arithmetic, name, size)
  return { rtol, atol: atol + 2 * (noise.get(name)?.size ?? 0) }
}

/** Differences told per case; the first ones say enough. */
const MOST_TOLD = 4

/** Asks an engine and returns how its answers differ from the expected ones; `sourceOutputs` are the file's own names, in order. */
export async function differences(
  engine: Engine,
  answers: Answers,
  entry: FixtureCase,
  arithmetic: Arithmetic,
  sourceOutputs: readonly string[],
  noise: Float32Noise = NO_NOISE,
): Promise<string[]> {
  const scale = { entry, arithmetic, noise }
  if (answers.kind === 'tensors') {
    const values = await engine.run(answers.input)
    return tensorDifferences(engine, values, answers.expected, scale, sourceOutputs).slice(0, MOST_TOLD)
  }
  const values = await engine.run(tableToInputs(tabularInputs(engine, answers.input), answers.input))
  const actual = outputsToTable(engine.outputs, values)
  const told = new Set(actual.columns)
  const extra = answers.extra?.columns.filter((name) => told.has(name)) ?? []
  return [
    ...tableDifferences(actual, answers.expected, answers.expected.columns, scale),
    ...(answers.extra ? tableDifferences(actual, answers.extra, extra, scale) : []),
  ].slice(0, MOST_TOLD)
}

function tableDifferences(actual: TextTable, expected: TextTable, columns: readonly string[], by: Scale): string[] {
  if (actual.rows.length !== expected.rows.length)
    return [`${actual.rows.length} rows instead of ${expected.rows.length}`]
  return columns.flatMap((name) => {
    const k = expected.columns.indexOf(name)
    const own = actual.columns.indexOf(name)
    const unsettled = by.noise.get(name)?.unsettled
    const rows = expected.rows.map((row, i) => [(unsettled?.has(i) ? actual.rows[i]?.[own] : row[k]) ?? ''])
    const size = largest(rows.map(([cell]) => Number(cell || Number.NaN)))
    return told(compareTables(actual, { columns: [name], rows }, tolerance(by, name, size)), actual.columns)
  })
}

function told({ rows, columns, absent }: Comparison, given: readonly string[]): string[] {
  const lost = absent.map((name) => `no column ${name} among ${given.join(', ')}`)
  const wrong = columns
    .filter((column) => column.different > 0)
    .map(({ name, different, worst: [row] }) => {
      return `${name}: ${different} of ${rows} rows differ, row ${row?.row} is ${row?.actual} instead of ${row?.expected}`
    })
  return [...lost, ...wrong]
}

function tensorDifferences(
  engine: Engine,
  values: Values,
  expected: Values,
  by: Scale,
  sourceOutputs: readonly string[],
): string[] {
  return Object.entries(expected).flatMap(([name, want]) => {
    const output = engine.outputs[sourceOutputs.indexOf(name)]
    const got = values[output?.value ?? name]
    if (!got) return [`no output ${name} among ${engine.outputs.map((o) => o.value).join(', ')}`]
    return elementDifferences(name, got, want, by, output?.value ?? name)
  })
}

function elementDifferences(name: string, got: EvalTensor, want: EvalTensor, by: Scale, value: string): string[] {
  if (got.data.length !== want.data.length) return [`${name}: shape [${got.shape}] instead of [${want.shape}]`]
  const { rtol, atol } = tolerance(by, value, largest(want.data))
  const unsettled = by.noise.get(value)?.unsettled
  const isSame = (a: number | string, e: number | string) =>
    a === e ||
    (Number.isNaN(a) && Number.isNaN(e)) ||
    (typeof e === 'number' && Math.abs(Number(a) - e) <= atol + rtol * Math.abs(e))
  const wrong = Array.from<number | string>(want.data).flatMap((e, i) => {
    const a = got.data[i] ?? ''
    return isSame(a, e) || unsettled?.has(i) ? [] : [`${name}[${i}] is ${a} instead of ${e}`]
  })
  return wrong.length > 1 ? [`${wrong[0]}, and ${wrong.length - 1} more of ${want.data.length} differ`] : wrong
}

function largest(values: ArrayLike<number | string>): number {
  let scale = 0
  for (const value of Array.from(values)) {
    const size = Math.abs(Number(value))
    if (size > scale && size < Infinity) scale = size
  }
  return scale
}
