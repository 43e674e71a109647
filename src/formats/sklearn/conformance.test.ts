import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../core/bytes/byte-source.ts'
import { evaluate } from '../../core/evaluate/evaluate.ts'
import { outputsToTable, type TextTable, tableToInputs } from '../../runtime/table.ts'
import { lowerings } from './lowerings/index.ts'
import { sklearnReader } from './reader/reader.ts'

interface Case {
  readonly id: string
  readonly model: string
  readonly input: string
  readonly expected: string
  readonly targets: readonly string[]
  readonly rtol?: number
  readonly atol?: number
}

const folder = new URL('./fixtures/', import.meta.url)
const { cases } = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as { cases: Case[] }

function parseCsv(name: string): TextTable {
  const rows: string[][] = [[]]
  const text = readFileSync(new URL(name, folder), 'utf8')
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (match.index === text.length) break
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] !== ',') rows.push([])
  }
  const [columns = [], ...body] = rows.filter((row) => row.length > 0)
  return { columns, rows: body }
}

const readModel = (name: string) =>
  sklearnReader.read(bufferSource(readFileSync(new URL(name, folder))), { name: name.split('/').at(-1) ?? name })

const isMissing = (cell: string | undefined) => cell === undefined || cell === '' || cell === 'nan'

function agree(actual: string | undefined, expected: string, rtol: number, atol: number): boolean {
  if (isMissing(expected)) return isMissing(actual)
  const [a, e] = [Number(actual), Number(expected)]
  if (actual !== '' && !Number.isNaN(a) && !Number.isNaN(e)) return Math.abs(a - e) <= atol + rtol * Math.abs(e)
  return actual?.toLowerCase() === expected.toLowerCase()
}

/** The cells that differ, as text; the first few. */
function differences(actual: TextTable, expected: TextTable, rtol: number, atol: number): string[] {
  const found: string[] = []
  for (const [j, name] of expected.columns.entries()) {
    const k = actual.columns.indexOf(name)
    if (k < 0) found.push(`no column ${name} among ${actual.columns.slice(0, 5).join(', ')}`)
    for (const [i, row] of expected.rows.entries()) {
      const cell = actual.rows[i]?.[k]
      if (k >= 0 && !agree(cell, row[j] ?? '', rtol, atol))
        found.push(`row ${i + 1}, ${name}: ${cell} instead of ${row[j]}`)
    }
  }
  return found.slice(0, 3)
}

describe('the hub computes what scikit-learn computes', () => {
  for (const { id, model, input, expected, targets, rtol, atol } of cases) {
    it(id, async () => {
      const source = await readModel(model)
      if (targets.length === 0) {
        const { model, diagnostics } = await source.lower()
        expect(model).toBeUndefined()
        expect(diagnostics.map(({ code }) => code)).toEqual(['unknown-columns'])
        return
      }
      const lowered = await source.lower()
      expect(lowered.diagnostics.filter((d) => d.severity === 'blocked').map((d) => d.message)).toEqual([])
      if (!lowered.model) return
      const { graph, inputs, outputs } = lowered.model
      const values = await evaluate(graph, tableToInputs(inputs, parseCsv(input)))
      const tolerance = [rtol ?? 1e-9, atol ?? 1e-11] as const
      expect(differences(outputsToTable(outputs, values), parseCsv(expected), ...tolerance)).toEqual([])
    })
  }
})

describe('lowerings produce what they declare', () => {
  const declared = new Map(lowerings.map((row) => [row.operator, new Set<string>(row.produces)]))

  it('on every fixture', async () => {
    const undeclared = new Set<string>()
    for (const { id, model } of cases) {
      const source = await readModel(model)
      const operators = new Map(source.graph.nodes.map((node) => [node.id, node.op]))
      const lowered = await source.lower()
      for (const node of lowered.model?.graph.nodes ?? []) {
        const operator = operators.get(node.origin[0] ?? '')
        if (operator && !declared.get(operator)?.has(node.op)) undeclared.add(`${operator}: ${node.op} (${id})`)
      }
    }
    expect([...undeclared]).toEqual([])
  })
})
