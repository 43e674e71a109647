import { type Family, families } from './families.ts'

/** The colours and fonts of a drawing, as the canvas takes them. */
export interface Palette {
  readonly paper: string
  readonly node: string
  readonly group: string
  readonly border: string
  readonly ink: string
  readonly inkSoft: string
  readonly line: string
  readonly accent: string
  readonly lit: string
  readonly found: string
  readonly family: Readonly<Record<Family, string>>
  readonly title: string
  readonly text: string
}

export const titleFont = (family: string) => `600 13px ${family}`
export const lineFont = (family: string) => `400 11.5px ${family}`

/** Reads the palette from the custom properties of an element (see diagram.module.css). */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(`--diagram-${name}`).trim()
  const sans = style.fontFamily
  return {
    paper: read('paper'),
    node: read('node'),
    group: read('group'),
    border: read('border'),
    ink: read('ink'),
    inkSoft: read('ink-soft'),
    line: read('line'),
    accent: read('accent'),
    lit: read('lit'),
    found: read('found'),
    family: Object.fromEntries(families.map((family) => [family, read(family)])) as Record<Family, string>,
    title: titleFont(sans),
    text: lineFont(sans),
  }
}

/** Calls back whenever the page's colours may have changed. Returns what ends it. */
export function watchColours(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributes: true })
  const media = matchMedia('(prefers-color-scheme: dark)')
  media.addEventListener('change', changed)
  return () => {
    observer.disconnect()
    media.removeEventListener('change', changed)
  }
}
