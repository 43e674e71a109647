import { documentOf } from './document-access.ts'
import { type View, views } from './documents-state.ts'
import { showDocument, showView } from './open-actions.ts'
import { studio } from './studio.ts'

/** What a step of the browser's history shows. */
interface Place {
  readonly id: string | null
  readonly view: View | null
}

/**
 * Lets the browser's back and forward buttons go from view to view and from model to model. A model that was closed
 * meanwhile, or read before the page was loaded again, gives way to the opening page. Returns what ends it.
 */
export function keepHistory(): () => void {
  let shown = placeShown()
  history.replaceState(shown, '')
  let isStepping = false
  const unsubscribe = studio.subscribe(() => {
    const place = placeShown()
    if (isStepping || isSame(place, shown)) return
    shown = place
    history.pushState(place, '')
  })
  const onPopState = ({ state }: PopStateEvent) => {
    const { id, view } = placeOf(state)
    isStepping = true
    showDocument(id)
    if (id !== null && view !== null) showView(id, view)
    isStepping = false
    shown = placeShown()
  }
  addEventListener('popstate', onPopState)
  return () => {
    unsubscribe()
    removeEventListener('popstate', onPopState)
  }
}

function placeShown(): Place {
  const { activeId: id } = studio.getState()
  return { id, view: id === null ? null : (documentOf(id)?.view ?? null) }
}

function placeOf(state: unknown): Place {
  const { id, view } = (state ?? {}) as Partial<Place>
  if (typeof id !== 'string' || !documentOf(id)) return { id: null, view: null }
  return { id, view: views.find((known) => known === view) ?? null }
}

const isSame = (a: Place, b: Place) => a.id === b.id && a.view === b.view
