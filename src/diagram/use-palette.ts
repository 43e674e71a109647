import { useEffect, useState } from 'react'
import { type Palette, readPalette, watchColours } from './palette.ts'

/** The palette of an element, read again when the page's colours change. */
export function usePalette(element: React.RefObject<HTMLElement | null>): Palette | undefined {
  const [palette, setPalette] = useState<Palette>()
  useEffect(() => {
    const read = () => element.current && setPalette(readPalette(element.current))
    read()
    return watchColours(read)
  }, [element])
  return palette
}
