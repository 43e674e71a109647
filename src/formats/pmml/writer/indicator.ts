import { type Element, el } from './element.ts'
import { type Column, type DataType, formatValue } from './field.ts'

export function constantElement(value: string | number, dataType: DataType): Element {
  return el('Constant', { dataType: dataType === 'float' ? 'double' : dataType }, formatValue(value, dataType))
}

const ONE = constantElement(1, 'double')
const ZERO = constantElement(0, 'double')

/** An indicator as an expression that is 1 or 0: NormDiscrete where it is about one value. */
export function indicatorElement({ field, members, missing, others }: Extract<Column, { kind: 'indicator' }>): Element {
  const [first] = members
  if (members.length === 1 && first !== undefined && !others) {
    const value = formatValue(first, field.dataType)
    return el('NormDiscrete', { field: field.name, value, mapMissingTo: missing ? 1 : 0 })
  }
  const isIn = el(
    'Apply',
    { function: 'isIn' },
    el('FieldRef', { field: field.name }),
    members.map((member) => constantElement(member, field.dataType)),
  )
  const [inside, outside] = others ? [ZERO, ONE] : [ONE, ZERO]
  const tested = members.length === 0 ? outside : el('Apply', { function: 'if' }, isIn, inside, outside)
  const isMissing = el('Apply', { function: 'isMissing' }, el('FieldRef', { field: field.name }))
  return el('Apply', { function: 'if' }, isMissing, missing ? ONE : ZERO, tested)
}
