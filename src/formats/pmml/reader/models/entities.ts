import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { attribute } from '../elements.ts'

/** Ids of nodes, clusters, rules: their own, or their place, counting from 1 (PMML 4.4, Output, entityId). */
export function entityIds(elements: readonly XmlElement[]): Map<XmlElement, string> {
  return new Map(elements.map((element, i) => [element, attribute(element, 'id') ?? String(i + 1)]))
}
