import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../../core/bytes/byte-source.ts'
import { evaluate } from '../../../core/evaluate/evaluate.ts'
import type { Model } from '../../../core/ir/model.ts'
import { verifyGraph } from '../../../core/ir/verify.ts'
import { hubOps } from '../../../core/ops/hub-ops.ts'
import type { LowerResult, SourceModel } from '../../../core/source-model.ts'
import { tableFromCsv } from '../../../runtime/csv-table.ts'
import { outputsToTable, type TextTable, tableToInputs } from '../../../runtime/table.ts'
import { LOWERING_FACTS } from './lowering-facts.ts'
import { pmmlReader } from './read-pmml.ts'

interface Case {
  readonly id: string
  readonly model: string
  readonly input: string
  readonly expected: string
  readonly rtol?: number
  readonly atol?: number
}

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '../fixtures')
const { cases } = JSON.parse(readFileSync(join(fixtures, 'manifest.json'), 'utf8')) as { cases: Case[] }

const open = (model: string): Promise<SourceModel> =>
  pmmlReader.read(bufferSource(readFileSync(join(fixtures, model))), { name: model })

/** Documents that PMML can score and the hub can not, with what the user is told. */
const BLOCKED: Readonly<Record<string, RegExp>> = {
  'converted/dummy-prior': /reads no field/,
  'converted/dummy-regressor-mean': /reads no field/,
  'converted/tree-stump-of-one-leaf': /reads no field/,
  'handwritten/mining-regression-select-all': /several answers for a row/,
}

/** Output fields that have no hub form, by the document. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = { 'handwritten/output-residual': ['residual'] }

/** Segments with integer labels, whose probabilities JPMML-Evaluator looks up by text and does not find. */
const SLIPS: ReadonlySet<string> = new Set(['converted/calibrated-sigmoid', 'converted/pipeline-select-first'])

async function answers(model: Model, input: TextTable): Promise<TextTable> {
  return outputsToTable(model.outputs, await evaluate(model, tableToInputs(model.inputs, input)))
}

const TRUTH: Readonly<Record<string, number>> = { true: 1, false: 0 }
const numberOf = (cell: string): number => (cell === '' ? Number.NaN : (TRUTH[cell] ?? Number(cell)))

function isSame(actual: string, expected: string, rtol: number, atol: number): boolean {
  if (actual === expected) return true
  const [a, e] = [numberOf(actual), numberOf(expected)]
  return Math.abs(a - e) <= atol + rtol * Math.abs(e)
}

/** JPMML-Evaluator reads a float from its text; a double half-way between two floats may be rounded to the other one. */
function isHalfway(cell: string): boolean {
  const x = Number(cell)
  const float = new Float32Array([Math.abs(x)])
  const bits = new Uint32Array(float.buffer)
  const near = float[0] as number
  bits[0] = (bits[0] as number) + (Math.abs(x) > near ? 1 : -1)
  return cell !== '' && near !== Math.abs(x) && Math.abs(x) === (near + (float[0] as number)) / 2
}

/** A label that is as probable as the one expected: JPMML-Evaluator takes the one that it met first. */
function isTie(table: TextTable, row: readonly string[], label: string, other: string): boolean {
  const shareOf = (name: string) => row[table.columns.indexOf(`probability(${name})`)]
  return shareOf(label) !== undefined && shareOf(label) === shareOf(other)
}

/** Cells that differ, rows aside that JPMML-Evaluator refused, and columns that are no final results. */
function differences(
  actual: TextTable,
  expected: TextTable,
  input: TextTable,
  hidden: ReadonlySet<string>,
  { id, rtol = 1e-9, atol = 1e-12 }: Case,
): string[] {
  const error = expected.columns.indexOf('error')
  return expected.columns.flatMap((name, j) => {
    if (name === 'error' || hidden.has(name) || (SLIPS.has(id) && name.startsWith('probability'))) return []
    const k = actual.columns.indexOf(name)
    if (k < 0) return [`there is no column ${name} among ${actual.columns.join(', ')}`]
    return expected.rows.flatMap((row, i) => {
      if ((error >= 0 && row[error] !== '') || input.rows[i]?.some(isHalfway)) return []
      const [a, e] = [actual.rows[i]?.[k] ?? 'no row', row[j] ?? '']
      // A class without votes has no probability in JPMML-Evaluator.
      const isUnvoted = a === '0' && e === '' && name.startsWith('probability')
      return isUnvoted || isSame(a, e, rtol, atol) || isTie(expected, row, a, e)
        ? []
        : [`row ${i + 1}, ${name}: ${a} instead of ${e}`]
    })
  })
}

/** Hub operators that came out of source operators which do not declare them. */
function undeclared(source: SourceModel, { model }: LowerResult): string[] {
  const declared = new Map(LOWERING_FACTS.map(({ operator, produces }) => [operator, new Set(produces)]))
  const operators = new Map(source.graph.nodes.map(({ id, op }) => [id, op]))
  return (model?.graph.nodes ?? []).flatMap((node) =>
    node.origin
      .map((id) => operators.get(id) as string)
      .filter((operator) => !declared.get(operator)?.has(node.op))
      .map((operator) => `${operator} became ${node.op}`),
  )
}

describe('PMML fixtures', () => {
  it.each(cases)('$id scores as JPMML-Evaluator does', async (each) => {
    const source = await open(each.model)
    const lowered = await source.lower()
    const reason = BLOCKED[each.id]
    if (reason) {
      expect(
        lowered.diagnostics.filter(({ severity }) => severity === 'blocked').map(({ message }) => message),
      ).toEqual([expect.stringMatching(reason)])
      return
    }
    expect(lowered.diagnostics.filter(({ severity }) => severity === 'blocked')).toEqual([])
    const model = lowered.model as Model
    expect(verifyGraph(model.graph, hubOps)).toEqual([])
    expect(undeclared(source, lowered)).toEqual([])
    const input = tableFromCsv(readFileSync(join(fixtures, each.input)))
    const expected = tableFromCsv(readFileSync(join(fixtures, each.expected)))
    const leftOut = LEFT_OUT[each.id] ?? []
    const lossy = lowered.diagnostics.filter(({ code }) => code === 'output-left-out')
    expect(lossy.map(({ origin }) => origin)).toEqual(leftOut.map((name) => [name]))
    const hidden = source.graph.nodes.filter(({ attributes }) => attributes['isFinalResult'] === 'false')
    const names = new Set([...leftOut, ...hidden.map(({ id, label }) => label ?? id)])
    expect(differences(await answers(model, input), expected, input, names, each)).toEqual([])
  })
})
