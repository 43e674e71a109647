import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { isModel } from '../../document.ts'
import { attribute, childrenNamed, numberAttribute, requireAttribute, requireChild } from '../../elements.ts'
import { predicateOf } from '../../predicates/predicate.ts'

/** A Segment of a MiningModel. */
export interface Segment {
  readonly element: XmlElement
  readonly model: XmlElement
  /** Absent where it always holds. */
  readonly predicate?: XmlElement
  readonly weight: number
  readonly id: string
}

/** A Segmentation (PMML 4.4, Multiple Models). */
export interface Segmentation {
  readonly method: string
  readonly segments: readonly Segment[]
  readonly missingTreatment: string
  readonly missingThreshold: number
}

export function segmentationOf(model: XmlElement): Segmentation {
  const element = requireChild(model, 'Segmentation')
  const segments = childrenNamed(element, 'Segment').map((segment, i): Segment => {
    const inner = segment.children.find(isModel)
    if (!inner) return block(segment, 'it has no model')
    const predicate = predicateOf(segment)
    return {
      element: segment,
      model: inner,
      ...(predicate && predicate.name !== 'True' ? { predicate } : {}),
      weight: numberAttribute(segment, 'weight') ?? 1,
      id: attribute(segment, 'id') ?? String(i + 1),
    }
  })
  return {
    method: requireAttribute(element, 'multipleModelMethod').replace(/^x-/, ''),
    segments: segments.filter(({ predicate }) => predicate?.name !== 'False'),
    missingTreatment:
      attribute(element, 'missingPredictionTreatment') ??
      attribute(element, 'x-missingPredictionTreatment') ??
      'continue',
    missingThreshold: numberAttribute(element, 'missingThreshold') ?? 1,
  }
}
