import type { Detection, FormatDescriptor, Probe } from '../../core/format.ts'
import { memberEndingWith } from '../probing.ts'

const ID = 'mleap'

/** A bundle is bundle.json (or .pb), and root/ with a node and a model for each transformer. */
async function detect(probe: Probe): Promise<Detection | null> {
  const bundle = memberEndingWith(probe, 'bundle.json') ?? memberEndingWith(probe, 'bundle.pb')
  const root = memberEndingWith(probe, 'root/model.json') ?? memberEndingWith(probe, 'root/model.pb')
  return bundle && root ? { format: ID, variant: 'MLeap bundle (zip)', confidence: 1 } : null
}

export const mleap: FormatDescriptor = {
  id: ID,
  name: 'Spark MLeap',
  extensions: ['.zip'],
  mimeType: 'application/zip',
  purpose: 'Serving Spark ML pipelines without a Spark cluster.',
  audience: 'Java and Scala services with the MLeap runtime.',
  documentation: 'https://combust.github.io/mleap-docs/',
  detect,
}
