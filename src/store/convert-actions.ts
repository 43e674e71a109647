import { changeDocument, documentOf, sessionsOf } from './document-access.ts'
import type { Conversion, ConversionState, ConvertOptions } from './documents-state.ts'
import { checkCompatibility, openFile } from './open-actions.ts'
import { done, idle, running, settle, type Task } from './task.ts'

export function setTarget(id: string, target: string): void {
  changeConversion(id, ({ options }) => ({ target, options, names: [], task: idle }))
}

/** Changes options of the conversion to come; undefined takes one back to the writer's default. */
export function setOptions(id: string, changes: { [K in keyof ConvertOptions]: ConvertOptions[K] | undefined }): void {
  changeConversion(id, ({ options }) => {
    const entries = Object.entries({ ...options, ...changes }).filter(([, value]) => value !== undefined)
    return { options: Object.fromEntries(entries) as ConvertOptions }
  })
}

/** Converts the model with the target and options that are set. */
export async function convert(id: string): Promise<void> {
  const session = sessionsOf(id)?.model
  const state = documentOf(id)
  const target = state?.conversion.target
  if (!session || !state || !target) return
  const { options } = state.conversion
  const fileName = convertedName(state.name, extensionOf(id, target))
  changeConversion(id, () => ({ task: running() }))
  const onProgress = (fraction: number) => changeConversion(id, () => ({ task: running(fraction) }))
  const start = performance.now()
  const result = await settle(
    session.client().then((client) => client.convert({ target, options: { ...options, fileName } }, { onProgress })),
  )
  const task: Task<Conversion> =
    result.status === 'done'
      ? done({
          ...result.value,
          target,
          options,
          fileName,
          time: performance.now() - start,
        })
      : result
  changeConversion(id, ({ names }) => ({ task, names: namesOf(task) ?? names }))
}

/** The names of a converted file's values, as they were before they were renamed. */
function namesOf(task: Task<Conversion>): readonly string[] | undefined {
  if (task.status !== 'done' || !task.value.signature) return undefined
  const { signature, options } = task.value
  const oldName = new Map(Object.entries(options.rename ?? {}).map(([before, after]) => [after, before]))
  return [...signature.inputs, ...signature.outputs].map(({ value }) => oldName.get(value) ?? value)
}

/** Takes rows with their answers from a CSV, for PMML's ModelVerification. Rejects when the file is no table. */
export async function setVerificationRows(id: string, file: Blob): Promise<void> {
  const session = sessionsOf(id)?.model
  if (!session) return
  const { columns, rows } = await (await session.client()).table({ file })
  const verification = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? ''])))
  setOptions(id, { verification })
}

/** Stops a conversion at once: its worker is terminated, and the file opened again in another. */
export function cancelConversion(id: string): void {
  sessionsOf(id)?.model.interrupt()
  changeConversion(id, () => ({ task: idle }))
  if (documentOf(id)?.compatibility.status !== 'done') void checkCompatibility(id)
}

/** Opens the converted file as a model of its own. */
export async function openConverted(id: string): Promise<void> {
  const state = documentOf(id)
  const task = state?.conversion.task
  if (!state || task?.status !== 'done' || !task.value.blob) return
  const { blob, fileName, companions } = task.value
  await openFile(blob, fileName, { convertedFrom: state.name, sampleRows: state.sampleRows }, companions)
}

function changeConversion(id: string, change: (state: ConversionState) => Partial<ConversionState>): void {
  changeDocument(id, ({ conversion }) => ({ conversion: { ...conversion, ...change(conversion) } }))
}

function extensionOf(id: string, target: string): string {
  const compatibility = documentOf(id)?.compatibility
  const rows = compatibility?.status === 'done' ? compatibility.value : []
  return rows.find((row) => row.format === target)?.extensions[0] ?? `.${target}`
}

/** `churn.joblib` → `churn.onnx` */
export function convertedName(name: string, extension: string): string {
  const stem = name.replace(/(\.(gz|bz2|xz|lzma|z|lz4|zst))?$/i, '').replace(/\.[^./\\]{1,10}$/, '')
  const converted = `${stem || name}${extension}`
  return converted === name ? `${stem}-converted${extension}` : converted
}
