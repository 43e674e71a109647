import { readAll } from '../../../core/bytes/byte-source.ts'
import type { Reader } from '../../../core/format.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { parseXml } from '../../../encodings/xml/parse-xml.ts'
import { pmmlDocument } from './document.ts'
import { documentFacts, producerOf, versionFacts } from './facts.ts'
import { lowerDocument } from './lower.ts'
import { LOWERING_FACTS } from './lowering-facts.ts'
import { sourceGraph } from './source-graph.ts'

/** Elements and attributes that hold trained numbers. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  NumericPredictor: ['coefficient'],
  CategoricalPredictor: ['coefficient'],
  PredictorTerm: ['coefficient'],
  RegressionTable: ['intercept'],
  Con: ['weight'],
  Neuron: ['bias'],
  PCell: ['beta'],
  Node: ['score'],
  SimplePredicate: ['value'],
  Coefficient: ['value'],
  Coefficients: ['absoluteValue'],
  Attribute: ['partialScore'],
  GaussianDistribution: ['mean', 'variance'],
  TargetValueCount: ['count'],
}

function countParameters(root: XmlElement): number {
  let count = 0
  const pending = [root]
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const name of PARAMETERS[next.name] ?? []) if (next.attributes[name] !== undefined) count++
    if (next.name === 'Array' || next.name.endsWith('-Entries')) count += next.text.split(/\s+/).filter(Boolean).length
    for (const child of next.children) pending.push(child)
  }
  return count
}

/** Reads PMML 3.0 – 4.4 documents; the first scorable model counts. */
export const pmmlReader: Reader = {
  lowerings: LOWERING_FACTS,
  async read(source, options) {
    const document = pmmlDocument(parseXml(await readAll(source)))
    options.signal?.throwIfAborted()
    const tree = sourceGraph(document)
    const producer = producerOf(document)
    return {
      format: 'pmml',
      formatName: document.version === '' ? 'PMML' : `PMML ${document.version}`,
      versions: versionFacts(document),
      ...(producer === undefined ? {} : { producer }),
      facts: documentFacts(document),
      graph: tree.graph,
      inputs: tree.inputs,
      outputs: tree.outputs,
      parameterCount: countParameters(document.model),
      diagnostics: [],
      lower: async () => lowerDocument(document, tree.origins),
    }
  },
}
