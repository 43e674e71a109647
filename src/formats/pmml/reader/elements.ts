import { MalformedFileError } from '../../../core/errors.ts'
import type { XmlElement } from '../../../encodings/xml/parse-xml.ts'

/** Typed getters over PMML's elements; names are local names, whatever the file's namespace prefix. */

export const childrenNamed = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name)

export const childNamed = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name)

/** Throws MalformedFileError when there is none. */
export function requireChild(element: XmlElement, name: string): XmlElement {
  const child = childNamed(element, name)
  if (child) return child
  throw new MalformedFileError(`PMML: ${describe(element)} has no ${name}`)
}

export const attribute = (element: XmlElement, name: string): string | undefined => element.attributes[name]

/** Throws MalformedFileError when it is missing. */
export function requireAttribute(element: XmlElement, name: string): string {
  const value = element.attributes[name]
  if (value !== undefined) return value
  throw new MalformedFileError(`PMML: ${describe(element)} has no attribute ${name}`)
}

/** Throws MalformedFileError for what is not a number. */
export function numberAttribute(element: XmlElement, name: string): number | undefined {
  const text = element.attributes[name]
  return text === undefined ? undefined : parseNumber(text, `${name} of ${describe(element)}`)
}

/** Throws MalformedFileError when it is missing or no number. */
export function requireNumber(element: XmlElement, name: string): number {
  return parseNumber(requireAttribute(element, name), `${name} of ${describe(element)}`)
}

/** xs:double: `INF` is infinity. Throws MalformedFileError for what is not a number. */
export function parseNumber(text: string, what: string): number {
  const trimmed = text.trim()
  const value = trimmed === '' ? Number.NaN : Number(trimmed)
  if (!Number.isNaN(value) || trimmed === 'NaN') return value
  if (/^[+-]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity
  throw new MalformedFileError(`PMML: ${what} is "${text.slice(0, 50)}", which is not a number`)
}

/** xs:boolean. */
export const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1'

/** A name without its namespace prefix, as elements have theirs. */
export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/** `Node "12"`, for messages. */
export function describe(element: XmlElement): string {
  const { id, name, modelName, field } = element.attributes
  const title = modelName ?? id ?? name ?? field
  return title === undefined ? element.name : `${element.name} "${title}"`
}

/** Elements that are documentation: they change nothing about the answers. */
export const isContent = (element: XmlElement): boolean => element.name !== 'Extension'

export const contentOf = (element: XmlElement): XmlElement[] => element.children.filter(isContent)
