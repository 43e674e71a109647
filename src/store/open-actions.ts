import { PortolanError, serializeError } from '../core/errors.ts'
import type { CompanionFile } from '../worker/model-files.ts'
import { changeDocument, documentOf, endSessions, sessionsOf, startSessions } from './document-access.ts'
import { newDocument, type StudioDocument, type View } from './documents-state.ts'
import { studio } from './studio.ts'
import { running, settle } from './task.ts'
import { lookInside } from './tree-actions.ts'

let lastId = 0

type Facts = Partial<Pick<StudioDocument, 'sampleRows' | 'convertedFrom'>>

/** Opens a file as a document of its own, shows it, and asks where the model can go as soon as it is read. */
export async function openFile(
  file: Blob,
  name: string,
  facts: Facts = {},
  companions: readonly CompanionFile[] = [],
): Promise<void> {
  const id = `document-${++lastId}`
  startSessions(id, file, name, companions)
  const document = newDocument({ id, name, size: file.size, ...facts })
  studio.setState(({ documents }) => ({ documents: [...documents, document], activeId: id, openError: null }))
  await readDocument(id)
}

/** External data of an ONNX model: `model.onnx.data`, `model.onnx_data`, `weights.bin`. */
const DATA_FILE = /(?:\.data|_data|\.bin|\.weights)$/i

/** Opens every file of a drop or a choice, ONNX models together with the data beside them; the last one is shown. */
export async function openFiles(files: Iterable<File>): Promise<void> {
  const all = [...files]
  const hasOnnx = all.some(({ name }) => /\.onnx$/i.test(name))
  const data = hasOnnx ? all.filter(({ name }) => DATA_FILE.test(name)) : []
  const companions = data.map((file) => ({ name: file.name, blob: file }))
  const models = all.filter((file) => !data.includes(file))
  await Promise.all(models.map((file) => openFile(file, file.name, {}, companions)))
}

/** Reads a document's file, again when it failed or was stopped before. */
export async function readDocument(id: string): Promise<void> {
  const session = sessionsOf(id)?.model
  if (!session) return
  session.interrupt()
  changeDocument(id, () => ({ summary: running() }))
  const summary = await settle(session.open())
  changeDocument(id, () => ({ summary }))
  if (summary.status !== 'done') return
  await checkCompatibility(id)
  await lookInside(id)
}

/** Words that an address can be refused with; the page says them in its language. */
export interface UrlWords {
  readonly badUrl: (text: string) => string
  readonly badUrlHint: string
  readonly foreignUrl: (host: string) => string
  readonly foreignUrlHint: string
  readonly notFetched: (url: string, status: string) => string
  readonly notFetchedHint: string
}

/** Fetches a file of the page's own origin and opens it. */
export async function openUrl(text: string, words: UrlWords): Promise<void> {
  try {
    const url = ownUrl(text, words)
    const blob = await fetchFile(url, words)
    await openFile(blob, decodeURIComponent(url.pathname.split('/').at(-1) || url.host))
  } catch (error) {
    studio.setState({ openError: serializeError(error) })
  }
}

/** Opens a sample, its rows with it: from then on nothing is fetched. */
export async function openSample(sample: { file: string; rows?: string }, words: UrlWords): Promise<void> {
  try {
    const fetchSample = (file: string) => fetchFile(ownUrl(`samples/${file}`, words), words)
    const [blob, rows] = await Promise.all([fetchSample(sample.file), sample.rows ? fetchSample(sample.rows) : null])
    await openFile(blob, sample.file, { sampleRows: rows })
  } catch (error) {
    studio.setState({ openError: serializeError(error) })
  }
}

function ownUrl(text: string, words: UrlWords): URL {
  const url = URL.parse(text.trim(), document.baseURI)
  if (!url || text.trim() === '') {
    throw new PortolanError('invalid-input', words.badUrl(text), { hint: words.badUrlHint })
  }
  if (url.origin !== location.origin) {
    throw new PortolanError('invalid-input', words.foreignUrl(url.host || url.protocol), { hint: words.foreignUrlHint })
  }
  return url
}

async function fetchFile(url: URL, words: UrlWords): Promise<Blob> {
  const refused = (status: string) =>
    new PortolanError('invalid-input', words.notFetched(url.pathname, status), { hint: words.notFetchedHint })
  const response = await fetch(url).catch((error: unknown) => {
    throw refused(error instanceof Error ? error.message : String(error))
  })
  if (!response.ok) throw refused(`${response.status} ${response.statusText}`.trim())
  return response.blob()
}

export function dismissOpenError(): void {
  studio.setState({ openError: null })
}

/** Shows a document, or the opening page. */
export function showDocument(id: string | null): void {
  studio.setState({ activeId: id })
}

/** Closes a document, reading or not: its workers are terminated, its neighbour is shown. */
export function closeDocument(id: string): void {
  endSessions(id)
  studio.setState(({ documents, activeId }) => {
    const at = documents.findIndex((document) => document.id === id)
    const left = documents.filter((document) => document.id !== id)
    const neighbour = left[Math.min(at, left.length - 1)]?.id ?? null
    return { documents: left, activeId: activeId === id ? neighbour : activeId }
  })
}

export function showView(id: string, view: View): void {
  changeDocument(id, () => ({ view }))
}

/** Selects source nodes; a view that is named is shown as well. */
export function selectNodes(id: string, nodes: readonly string[], view?: View): void {
  changeDocument(id, () => ({ selection: nodes, ...(view && { view, tree: null }) }))
}

/** Asks every writer what would become of the model. */
export async function checkCompatibility(id: string): Promise<void> {
  const session = sessionsOf(id)?.model
  if (!session) return
  changeDocument(id, () => ({ compatibility: running() }))
  const compatibility = await settle(session.client().then((client) => client.compatibility({})))
  changeDocument(id, ({ conversion }) => ({
    compatibility,
    conversion: { ...conversion, target: conversion.target ?? bestTarget(id, compatibility) },
  }))
}

const RANK = ['exact', 'approximate', 'lossy', 'blocked'] as const

/** The format other than its own that the model loses least in. */
function bestTarget(id: string, compatibility: StudioDocument['compatibility']): string | null {
  const summary = documentOf(id)?.summary
  const own = summary?.status === 'done' ? summary.value.detection.format : null
  const rows = compatibility.status === 'done' ? compatibility.value : []
  const rank = (verdict: string) => RANK.indexOf(verdict as (typeof RANK)[number])
  const writable = rows.filter((row) => row.verdict !== 'unwritable')
  const [best] = [...writable].sort(
    (a, b) => rank(a.verdict) - rank(b.verdict) || Number(a.format === own) - Number(b.format === own),
  )
  return best?.format ?? null
}
