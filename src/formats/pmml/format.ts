import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { textOf } from '../probing.ts'

const ID = 'pmml'

async function detect(probe: Probe): Promise<Detection | null> {
  const text = textOf(probe)
  const root =
    text &&
    /^\s*(?:<\?[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>|\s)*<((?:[\w.-]+:)?PMML)\b([^>]*)>/.exec(
      text,
    )
  if (!root) return null
  const version = /\bversion\s*=\s*["']([\d.]+)["']/.exec(root[2] ?? '')?.[1]
  return { format: ID, variant: version ? `PMML ${version}` : 'PMML', confidence: 1 }
}

export const pmml: FormatDescriptor = {
  id: ID,
  name: 'PMML',
  extensions: ['.pmml', '.xml'],
  mimeType: 'application/xml',
  purpose: 'Scoring tables of named, typed columns: rules stay readable, data preparation included.',
  audience: 'Java and Scala with JPMML, databases, KNIME, SAS, IBM SPSS, R and Python readers.',
  documentation: 'https://dmg.org/pmml/v4-4-1/GeneralStructure.html',
  detect,
  reader: async () => (await import('./reader/read-pmml.ts')).pmmlReader,
  writer: async () => (await import('./writer/writer.ts')).pmmlWriter,
}
