import { useEffect, useRef, useState } from 'react'
import type { Layout, LayoutInput } from '../layout/layout.ts'
import type { GraphView } from '../worker/graph-view.ts'
import { buildScene, type Measure, type Scene, sizedNodes } from './scene.ts'
import { visibleGraph } from './visible-graph.ts'

/** Arranges a graph somewhere else than on the page's thread. Rejects when the signal is aborted. */
export type Arrange = (input: LayoutInput, signal: AbortSignal) => Promise<Layout>

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

/** Measures with the element's font, each text once. */
function canvasMeasure(element: Element): Measure {
  const context = document.createElement('canvas').getContext('2d')
  const { fontFamily } = getComputedStyle(element)
  const fonts = { title: `600 13px ${fontFamily}`, line: `400 11.5px ${fontFamily}` }
  const known = new Map<string, number>()
  return (text, font) => {
    const key = `${font} ${text}`
    let width = known.get(key)
    if (width === undefined) {
      if (context) context.font = fonts[font]
      width = context?.measureText(text).width ?? text.length * 7
      known.set(key, width)
    }
    return width
  }
}
