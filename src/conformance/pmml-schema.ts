import { readFileSync } from 'node:fs'
import { memoryPages, validateXML } from 'xmllint-wasm'

/** The Data Mining Group's own schema of PMML 4.4. */
const SCHEMA = readFileSync(new URL('../formats/pmml/schema/pmml-4-4.xsd', import.meta.url), 'utf8')

/** Validates documents by name; returns what is wrong with each that is not valid. */
export async function schemaProblems(documents: ReadonlyMap<string, string>): Promise<Map<string, string[]>> {
  const names = [...documents.keys()]
  const xml = names.map((name, i) => ({ fileName: `document-${i}.xml`, contents: documents.get(name) ?? '' }))
  const problems = new Map<string, string[]>()
  if (xml.length === 0) return problems
  const { errors } = await validateXML({ xml, schema: SCHEMA, maxMemoryPages: memoryPages.GiB })
  for (const { loc, rawMessage, message } of errors) {
    const index = Number(/document-(\d+)\.xml/.exec(loc?.fileName ?? rawMessage)?.[1] ?? 0)
    const name = names[index] ?? ''
    problems.set(name, [...(problems.get(name) ?? []), message])
  }
  return problems
}
