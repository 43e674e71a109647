import { bufferSource } from '../../../../core/bytes/byte-source.ts'
import { evaluate } from '../../../../core/evaluate/evaluate.ts'
import type { Model } from '../../../../core/ir/model.ts'
import type { LowerResult } from '../../../../core/source-model.ts'
import { tableFromCsv } from '../../../../runtime/csv-table.ts'
import { outputsToTable, type TextTable, tableToInputs } from '../../../../runtime/table.ts'
import { pmmlReader } from '../read-pmml.ts'

const encoder = new TextEncoder()

/** Reads and lowers a document whose dictionary and model are given. */
export async function lowerXml(dictionary: string, model: string): Promise<LowerResult> {
  const text = `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
    <DataDictionary>${dictionary}</DataDictionary>${model}</PMML>`
  return (await pmmlReader.read(bufferSource(encoder.encode(text)), { name: 'model.pmml' })).lower()
}

/** What such a document answers to the rows of a CSV. */
export async function score(dictionary: string, model: string, csv: string): Promise<TextTable> {
  const { model: lowered, diagnostics } = await lowerXml(dictionary, model)
  if (!lowered) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return answers(lowered, csv)
}

async function answers(model: Model, csv: string): Promise<TextTable> {
  const input = tableFromCsv(encoder.encode(csv))
  return outputsToTable(model.outputs, await evaluate(model, tableToInputs(model.inputs, input)))
}
