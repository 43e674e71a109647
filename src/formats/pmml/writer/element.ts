import type { XmlContent } from '../../../encodings/xml/write-xml.ts'

/** An element to be written: attributes that are undefined are left out. To be read once, see `lazyElement`. */
export type Element = XmlContent

type Child = Element | string | null | undefined | false

/** `el('FieldRef', { field: 'x' })`; absent children are dropped. */
export function el(
  name: string,
  attributes: Element['attributes'] = {},
  ...children: readonly (Child | readonly Child[])[]
): Element {
  return { name, attributes, children: children.flat().filter(isPresent) }
}

/**
 * An element whose children are made when they are read, and not kept: a forest that is only checked is not written
 * out, and one that is written is in memory tree by tree.
 */
export function lazyElement(name: string, attributes: Element['attributes'], children: () => Element['children']) {
  return {
    name,
    attributes,
    get children() {
      return children()
    },
  } satisfies Element
}

function isPresent(child: Child): child is Element | string {
  return child !== null && child !== undefined && child !== false
}
