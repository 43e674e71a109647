import type { Category } from '../../../core/ir/model.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { inlineRows } from './arrays.ts'
import { attribute, childNamed, childrenNamed, localName, requireAttribute } from './elements.ts'

/** Rows with their answers that the model carries (PMML 4.4, ModelVerification), columns by field name. */
export function verificationRows(model: XmlElement): Record<string, Category>[] | undefined {
  const element = childNamed(model, 'ModelVerification')
  const fields = element && childNamed(element, 'VerificationFields')
  const table = element && childNamed(element, 'InlineTable')
  if (!fields || !table) return undefined
  const columns = childrenNamed(fields, 'VerificationField').map((field) => {
    const name = requireAttribute(field, 'field')
    const column = attribute(field, 'column') ?? name
    return { name, column: localName(column) }
  })
  return inlineRows(table).map((row) =>
    Object.fromEntries(columns.map(({ name, column }) => [name, row[column] ?? ''])),
  )
}
