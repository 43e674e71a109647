import type { Attributes } from '../../../../../core/ir/graph.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import { numbersOf, type Tensor } from '../../../../../core/ir/tensor.ts'

/** A list of numbers: an attribute, or its `…_as_tensor` twin, which holds doubles. */
export function numberList(attributes: Attributes, name: string): number[] | undefined {
  const value = attributes[name]
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map(Number)
  return numbersOf((attributes[`${name}_as_tensor`] ?? undefined) as Tensor | undefined)
}

export function stringList(attributes: Attributes, name: string): readonly string[] | undefined {
  const value = attributes[name]
  return Array.isArray(value) ? value.map(String) : undefined
}

/** The elements of a tensor attribute; undefined when it is absent. */
export function tensorElements(attributes: Attributes, name: string): readonly Category[] | undefined {
  const tensor = attributes[name] as Tensor | undefined
  if (tensor?.data === undefined) return undefined
  return tensor.dtype === 'string' ? (tensor.data as readonly string[]) : numbersOf(tensor)
}

/** Class labels by whichever attribute has them. */
export function classLabels(attributes: Attributes): readonly Category[] {
  for (const name of ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints']) {
    const labels = attributes[name]
    if (Array.isArray(labels) && labels.length > 0) return labels as Category[]
  }
  return []
}
