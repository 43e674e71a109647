import type { CompanionFile } from '../worker/model-files.ts'
import type { StudioDocument } from './documents-state.ts'
import { ModelSession } from './model-session.ts'
import { RuntimeSession } from './runtime-session.ts'
import { studio } from './studio.ts'

/** The workers of an open document: beside the state, since they are no data. */
export interface Sessions {
  readonly model: ModelSession
  readonly runtime: RuntimeSession
}

const sessions = new Map<string, Sessions>()

export function startSessions(
  id: string,
  file: Blob,
  name: string,
  companions: readonly CompanionFile[] = [],
): Sessions {
  const started = { model: new ModelSession(file, name, companions), runtime: new RuntimeSession() }
  sessions.set(id, started)
  return started
}

export function sessionsOf(id: string): Sessions | undefined {
  return sessions.get(id)
}

export function endSessions(id: string): void {
  sessions.get(id)?.model.close()
  sessions.get(id)?.runtime.close()
  sessions.delete(id)
}

export function documentOf(id: string): StudioDocument | undefined {
  return studio.getState().documents.find((document) => document.id === id)
}

/** Changes a document; nothing happens when it has been closed meanwhile. */
export function changeDocument(id: string, change: (document: StudioDocument) => Partial<StudioDocument>): void {
  studio.setState(({ documents }) => ({
    documents: documents.map((document) => (document.id === id ? { ...document, ...change(document) } : document)),
  }))
}
