import { PortolanError } from '../core/errors.ts'
import type { TestRequest } from '../worker/test-request.ts'
import { changeDocument, documentOf, type Sessions, sessionsOf } from './document-access.ts'
import type { ConvertOptions, StudioDocument } from './documents-state.ts'
import { failed, idle, running, settle } from './task.ts'
import { newDraft, requestOf, runsAtOnce } from './test-draft.ts'
import type { Agreement, FillDraft, FormInput, TestDraft, TestSetup, TestState } from './test-state.ts'

/** The options that a model would be tested with: those of the conversion to ONNX, if one was made. */
export function testOptions({ conversion: { task } }: StudioDocument): ConvertOptions {
  return task.status === 'done' && task.value.target === 'onnx' && task.value.blob ? task.value.options : {}
}

/** Converts the model to ONNX, where it is none, loads it into ONNX Runtime, and runs it when that takes no time. */
export async function prepareTest(id: string): Promise<void> {
  const sessions = sessionsOf(id)
  const state = documentOf(id)
  if (!sessions || !state) return
  changeTest(id, () => ({ setup: running(), run: idle, agreement: idle, expected: idle }))
  const setup = await settle(load(sessions, testOptions(state), state.sampleRows))
  changeTest(id, ({ draft }) => ({
    setup,
    // What was entered stays when the same model is loaded again.
    draft:
      setup.status === 'done' && draft.fills.length === 0 ? newDraft(setup.value.inputs, setup.value.example) : draft,
  }))
  if (setup.status === 'done') await runFirst(id)
}

/** The first run, on what the form starts with. When that does not fit the model, a person has to enter what does. */
async function runFirst(id: string): Promise<void> {
  const { test, summary } = documentOf(id) ?? {}
  // Never again by itself after a run that had to be stopped.
  if (!test || test.ran || summary?.status !== 'done' || !runsAtOnce(test.draft, summary.value.parameterCount)) return
  await runTest(id)
  changeTest(id, ({ run }) => (run.status === 'failed' ? { run: idle } : {}))
}

async function load({ model, runtime }: Sessions, options: ConvertOptions, rows: Blob | null): Promise<TestSetup> {
  const client = await model.client()
  const { isOriginal, ...runnable } = await client.runnable({ options })
  const engine = await runtime.load(runnable)
  const hub = await client.hub(null)
  return {
    inputs: formInputs(hub ?? engine),
    example: rows && (await client.table({ file: rows })),
    isOriginal,
    options,
    loadTime: engine.loadTime,
    hasReference: hub !== null,
  }
}

type Fed = Pick<NonNullable<Awaited<ReturnType<Client['hub']>>>, 'inputs' | 'inputValues'>
type Client = Awaited<ReturnType<Sessions['model']['client']>>

function formInputs({ inputs, inputValues }: Fed): FormInput[] {
  return inputs.map(({ value, features }) => {
    const type = inputValues.find(({ name }) => name === value)
    return { name: value, features: features ?? null, dtype: type?.dtype ?? null, shape: type?.shape ?? null }
  })
}

export function changeDraft(id: string, changes: Partial<TestDraft>): void {
  changeTest(id, ({ draft }) => ({ draft: { ...draft, ...changes } }))
}

/** Changes what an input is filled with. */
export function changeFill(id: string, index: number, changes: Partial<FillDraft>): void {
  changeTest(id, ({ draft }) => ({
    draft: { ...draft, fills: draft.fills.map((fill, i) => (i === index ? { ...fill, ...changes } : fill)) },
  }))
}

/** Takes the rows of a CSV as the model's inputs. */
export async function takeRows(id: string, file: Blob, name: string): Promise<void> {
  const session = sessionsOf(id)?.model
  if (!session) return
  const table = await settle(session.client().then((client) => client.table({ file })))
  if (table.status === 'done') changeDraft(id, { mode: 'table', table: { name, table: table.value } })
  else if (table.status === 'failed') changeTest(id, () => ({ run: table }))
}

/** Takes the rows that come with a sample. */
export async function takeSampleRows(id: string): Promise<void> {
  const { sampleRows, name } = documentOf(id) ?? {}
  if (sampleRows) await takeRows(id, sampleRows, name?.replace(/\.\w+$/, '.csv') ?? '')
}

/** Runs the model in ONNX Runtime, then the reference, and compares the two. */
export async function runTest(id: string): Promise<void> {
  const sessions = sessionsOf(id)
  const test = documentOf(id)?.test
  const runtime = sessions?.runtime.client()
  if (!sessions || !runtime || test?.setup.status !== 'done') return
  const { setup, draft } = test
  let request: TestRequest
  try {
    request = requestOf(draft, setup.value.inputs)
  } catch (error) {
    changeTest(id, () => ({ run: failed(error), ran: draft, agreement: idle, expected: idle }))
    return
  }
  changeTest(id, () => ({ run: running(), ran: draft, agreement: idle, expected: idle }))
  const run = await settle(runtime.run({ request }))
  changeTest(id, () => ({ run, agreement: run.status === 'done' ? running() : idle }))
  if (run.status !== 'done') return
  const agreement = await settle(agree(sessions, request))
  changeTest(id, () => ({ agreement }))
}

async function agree({ model, runtime }: Sessions, request: TestRequest): Promise<Agreement | null> {
  const reference = await (await model.client()).evaluate({ request })
  if (!reference) return null
  const client = runtime.client()
  if (!client) throw new PortolanError('cancelled', 'The model was unloaded.')
  return {
    outputs: await client.compareWithReference({ reference, tolerance: REFERENCE_TOLERANCE }),
    time: reference.time,
  }
}

/** Relative to a network's largest output, or to 1 in a table: what a conversion has to keep in single precision. */
export const REFERENCE_TOLERANCE = 1e-5

/** Stops the reference evaluation, which can take long for a large network: its worker is terminated. */
export function cancelReference(id: string): void {
  sessionsOf(id)?.model.interrupt()
}

/** Stops loading or running: ONNX Runtime's worker is terminated. */
export function cancelTest(id: string): void {
  sessionsOf(id)?.runtime.close()
  sessionsOf(id)?.model.interrupt()
  changeTest(id, () => ({ setup: idle, run: idle, agreement: idle }))
}

/** What a conversion has to keep in single precision. */
const TOLERANCE = { rtol: 1e-5, atol: 1e-6 } as const

/** Compares the last run with the answers of another framework. */
export async function compareExpected(id: string, file: Blob): Promise<void> {
  const runtime = sessionsOf(id)?.runtime.client()
  if (!runtime) return
  changeTest(id, () => ({ expected: running() }))
  const expected = await settle(runtime.compareWithExpected({ file, tolerance: TOLERANCE }))
  changeTest(id, () => ({ expected }))
}

/** The last run's answers as a CSV file; undefined when nothing is loaded. */
export async function answersFile(id: string): Promise<Blob | undefined> {
  return sessionsOf(id)?.runtime.client()?.csv(null)
}

function changeTest(id: string, change: (state: TestState) => Partial<TestState>): void {
  changeDocument(id, ({ test }) => ({ test: { ...test, ...change(test) } }))
}
