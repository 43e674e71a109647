import { createStore } from 'zustand/vanilla'
import { type DocumentsState, initialDocuments } from './documents-state.ts'
import { initialSettings, type SettingsState } from './settings-state.ts'

/** Everything that the page shows, as data: no workers, no elements of tensors. */
export type StudioState = SettingsState & DocumentsState

export const studio = createStore<StudioState>()(() => ({ ...initialSettings(), ...initialDocuments }))
