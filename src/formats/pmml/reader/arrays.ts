import { MalformedFileError } from '../../../core/errors.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'
import { childNamed, describe, numberAttribute, parseNumber } from './elements.ts'

/** The items of an `Array`: separated by whitespace, in double quotes where they hold some (PMML 4.4, Array). */
export function arrayItems(element: XmlElement): string[] {
  const items: string[] = []
  for (const match of element.text.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|(\S+)/g)) {
    items.push(match[1] === undefined ? (match[2] as string) : match[1].replace(/\\(["\\])/g, '$1'))
  }
  const declared = numberAttribute(element, 'n')
  if (declared !== undefined && declared !== items.length) {
    throw new MalformedFileError(`PMML: an ${describe(element)} of ${declared} items has ${items.length}`)
  }
  return items
}

/** Numbers of an `Array` or of a sparse one (`REAL-SparseArray`, `INT-SparseArray`: indices count from 1). */
export function numbersOfArray(element: XmlElement): Float64Array {
  if (!element.name.endsWith('SparseArray')) {
    return Float64Array.from(arrayItems(element), (item) => parseNumber(item, `an item of ${describe(element)}`))
  }
  const indices = listOf(childNamed(element, 'Indices'))
  const entries = listOf(childNamed(element, 'REAL-Entries') ?? childNamed(element, 'INT-Entries'))
  const length = numberAttribute(element, 'n') ?? indices.reduce((a, b) => Math.max(a, b), 0)
  const values = new Float64Array(length).fill(numberAttribute(element, 'defaultValue') ?? 0)
  for (const [i, index] of indices.entries()) {
    if (index < 1 || index > length || entries[i] === undefined) {
      throw new MalformedFileError(`PMML: ${describe(element)} has an entry at ${index} of ${length}`)
    }
    values[index - 1] = entries[i] as number
  }
  return values
}

const listOf = (element: XmlElement | undefined): number[] =>
  element ? arrayItems(element).map((item) => parseNumber(item, `an item of ${describe(element)}`)) : []

/** The array child of an element, dense or sparse. */
export const arrayChild = (element: XmlElement): XmlElement | undefined =>
  element.children.find((child) => child.name === 'Array' || child.name.endsWith('SparseArray'))

/** Cells of an `InlineTable` by column: row elements have one child per column. */
export function inlineRows(table: XmlElement): Record<string, string>[] {
  return table.children
    .filter((row) => row.name === 'row')
    .map((row) => Object.fromEntries(row.children.map((cell) => [cell.name, cell.text])))
}
