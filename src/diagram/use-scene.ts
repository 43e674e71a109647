import { useEffect, useRef, useState } from 'react'
import type { Layout, LayoutInput } from '../layout/layout.ts'
import type { GraphView } from '../worker/graph-view.ts'
import { lineFont, titleFont } from './palette.ts'
import { buildScene, type Measure, type Scene, sizedNodes } from './scene.ts'
import { visibleGraph } from './visible-graph.ts'

/** Arranges a graph somewhere else than on the page's thread. Rejects when the signal is aborted. */
export type Arrange = (input: LayoutInput, signal: AbortSignal) => Promise<Layout>

/** A character's width where canvases can not be had. */
const TYPICAL_WIDTH = 7

/** The scene of a graph with some containers closed; the one before stays until the next is arranged. */
export function useScene(
  graph: GraphView,
  closed: ReadonlySet<string>,
  arrange: Arrange,
  element: React.RefObject<HTMLElement | null>,
): { readonly scene: Scene | undefined; readonly error: unknown } {
  const [state, setState] = useState<{ graph: GraphView; scene: Scene } | undefined>()
  const [error, setError] = useState<unknown>()
  const latestArrange = useRef(arrange)
  latestArrange.current = arrange
  useEffect(() => {
    const controller = new AbortController()
    const visible = visibleGraph(graph, closed)
    const { input, texts } = sizedNodes(visible, canvasMeasure(element.current ?? document.body))
    latestArrange
      .current(input, controller.signal)
      .then((layout) => setState({ graph, scene: buildScene(visible, texts, layout) }))
      .catch((reason: unknown) => {
        if (!controller.signal.aborted) setError(reason)
      })
    return () => controller.abort()
  }, [graph, closed, element])
  return { scene: state?.graph === graph ? state.scene : undefined, error }
}

/**
 * Measures with the element's font: the sum of the widths of the characters, each measured once. Kerning is left out,
 * and ten thousand labels take no time.
 */
function canvasMeasure(element: Element): Measure {
  const { fontFamily } = getComputedStyle(element)
  const widths = { title: characterWidths(titleFont(fontFamily)), line: characterWidths(lineFont(fontFamily)) }
  return (text, font) => {
    let sum = 0
    for (const character of text) sum += widths[font](character)
    return sum
  }
}

function characterWidths(font: string): (character: string) => number {
  const context = document.createElement('canvas').getContext('2d')
  if (context) context.font = font
  const known = new Map<string, number>()
  return (character) => {
    let width = known.get(character)
    if (width === undefined) {
      width = context?.measureText(character).width ?? TYPICAL_WIDTH
      known.set(character, width)
    }
    return width
  }
}
