/** An element to be written: attributes that are undefined are left out. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>
  readonly children: readonly (Element | string)[]
}

type Child = Element | string | null | undefined | false

/** `el('FieldRef', { field: 'x' })`; absent children are dropped. */
export function el(
  name: string,
  attributes: Element['attributes'] = {},
  ...children: readonly (Child | readonly Child[])[]
): Element {
  return { name, attributes, children: children.flat().filter(isPresent) }
}

function isPresent(child: Child): child is Element | string {
  return child !== null && child !== undefined && child !== false
}
