import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { evaluate } from '../../../../core/evaluate/evaluate.ts'
import type { Model, ModelOutput } from '../../../../core/ir/model.ts'
import { outputsToTable, tableToInputs } from '../../../../runtime/table.ts'
import { readBack, writeText } from './write-hub.ts'

const SCHEMA = readFileSync(fileURLToPath(new URL('../../schema/pmml-4-4.xsd', import.meta.url)), 'utf8')

/** What is wrong with a document by the PMML 4.4 schema; empty when nothing is. */
export async function schemaErrors(contents: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: 'written.pmml', contents }], schema: SCHEMA })
  return errors.map(({ rawMessage }) => rawMessage)
}

/** An output that is a number `y`. */
export const value = (name: string): ModelOutput => ({ value: name, role: 'value', columns: ['y'] })

/** A model's answers to rows. */
export const score = async (model: Model, columns: readonly string[], rows: readonly (readonly string[])[]) =>
  outputsToTable(model.outputs, await evaluate(model, tableToInputs(model.inputs, { columns, rows })))

/** The document, valid and scoring as the model itself does. */
export async function proven(model: Model, columns: readonly string[], rows: readonly (readonly string[])[]) {
  const written = await writeText(model)
  expect(written.diagnostics.filter((d) => d.severity === 'blocked')).toEqual([])
  expect(await schemaErrors(written.text)).toEqual([])
  const expected = await score(model, columns, rows)
  const actual = await score(await readBack(written.text), columns, rows)
  for (const [j, name] of expected.columns.entries()) {
    const k = actual.columns.indexOf(name)
    expect(k, `no column ${name} in ${actual.columns}`).toBeGreaterThanOrEqual(0)
    for (const [i, row] of expected.rows.entries()) {
      const [cell, wanted] = [actual.rows[i]?.[k] ?? '', row[j] ?? '']
      if (wanted === '' || Number.isNaN(Number(wanted))) expect(cell).toBe(wanted)
      else expect(Number(cell)).toBeCloseTo(Number(wanted), 9)
    }
  }
  return written
}
