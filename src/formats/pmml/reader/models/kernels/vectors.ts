import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { arrayChild, numbersOfArray } from '../../arrays.ts'
import { block } from '../../blocked.ts'
import type { Formula } from '../../columns/formula.ts'
import { attribute, childrenNamed, requireAttribute, requireChild } from '../../elements.ts'
import { indicatorOf } from '../../expressions/compile.ts'
import { parseValue } from '../../fields/data-type.ts'
import type { ModelEnv } from '../prediction.ts'

/** The columns of the vectors: fields, and indicators of their values. */
export function vectorColumns({ ctx, scope, model }: ModelEnv): Formula[] {
  const fields = requireChild(requireChild(model, 'VectorDictionary'), 'VectorFields')
  return fields.children.flatMap((element): Formula[] => {
    if (element.name === 'Extension') return []
    const name = attribute(element, 'field') ?? requireAttribute(element, 'name')
    const field = scope.field(name)
    if (element.name === 'FieldRef') return [field.formula]
    if (element.name !== 'CategoricalPredictor') return block(element, 'it is no field of a vector')
    return [indicatorOf(ctx, field.formula, parseValue(requireAttribute(element, 'value'), field.dataType))]
  })
}

/** Support vectors by their ids, dense, of `width` numbers. */
export function vectorsById(model: XmlElement, width: number): Map<string, Float64Array> {
  const instances = childrenNamed(requireChild(model, 'VectorDictionary'), 'VectorInstance')
  return new Map(
    instances.map((instance) => {
      const array = arrayChild(instance) ?? block(instance, 'it has no numbers')
      const stated = numbersOfArray(array)
      // A sparse vector may leave its length to the fields.
      const isShort = stated.length < width && array.name.endsWith('SparseArray') && attribute(array, 'n') === undefined
      if (!isShort && stated.length !== width) return block(instance, `${stated.length} numbers for ${width} fields`)
      const vector = new Float64Array(width)
      vector.set(stated)
      return [requireAttribute(instance, 'id'), vector]
    }),
  )
}
