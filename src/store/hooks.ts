import { useStore } from 'zustand'
import type { StudioDocument } from './documents-state.ts'
import { type StudioState, studio } from './studio.ts'

/** A component's view of the state: select as little as it needs. */
export function useStudio<T>(selector: (state: StudioState) => T): T {
  return useStore(studio, selector)
}

export const useLanguage = () => useStudio((state) => state.language)
export const useTheme = () => useStudio((state) => state.theme)
export const useOpenError = () => useStudio((state) => state.openError)
export const useDocuments = () => useStudio((state) => state.documents)
export const useActiveId = () => useStudio((state) => state.activeId)

/** A part of an open document; undefined when there is no such document. */
export function useDocument<T>(id: string | null, selector: (document: StudioDocument) => T): T | undefined {
  return useStudio((state) => {
    const document = state.documents.find((candidate) => candidate.id === id)
    return document && selector(document)
  })
}
