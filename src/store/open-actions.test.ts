import { beforeEach, describe, expect, it, vi } from 'vitest'
import { PortolanError } from '../core/errors.ts'
import { cancelConversion, convert, convertedName, openConverted, setOptions, setTarget } from './convert-actions.ts'
import { initialDocuments } from './documents-state.ts'
import { closeDocument, openFile, openFiles, readDocument, selectNodes, showDocument } from './open-actions.ts'
import { studio } from './studio.ts'

/** What a worker answers; a test changes what it wants. */
const answers = {
  open: async () => ({ detection: { format: 'sklearn' } }) as unknown,
  compatibility: async () =>
    [
      { format: 'onnx', verdict: 'approximate', extensions: ['.onnx'] },
      { format: 'pmml', verdict: 'exact', extensions: ['.pmml'] },
      { format: 'keras', verdict: 'unwritable', extensions: ['.keras'] },
    ] as unknown,
  convert: async () =>
    ({ blob: new Blob(['x']), companions: [], graph: null, signature: null, diagnostics: [] }) as unknown,
}
const defaults = { ...answers }
const started: { terminated: boolean; asked: unknown[] }[] = []

/** Workers without threads: a terminated one rejects what it still owes. */
vi.mock('../worker/clients.ts', () => ({
  startModelWorker: () => {
    const worker = { terminated: false, asked: [] as unknown[] }
    started.push(worker)
    let stop: (error: Error) => void = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = reject
    })
    stopped.catch(() => undefined)
    const client = Object.fromEntries(
      Object.keys(answers).map((method) => [
        method,
        (asked: unknown) => {
          worker.asked.push(asked)
          return Promise.race([answers[method as keyof typeof answers](), stopped])
        },
      ]),
    )
    const terminate = () => {
      worker.terminated = true
      stop(new PortolanError('cancelled', 'stopped'))
    }
    return { client, terminate }
  },
  startRuntimeWorker: () => ({ client: {}, terminate() {} }),
}))

const documents = () => studio.getState().documents
const [file, never] = [new Blob(['model']), () => new Promise<unknown>(() => {})]

beforeEach(() => {
  Object.assign(answers, defaults)
  started.length = 0
  studio.setState(initialDocuments)
})

describe('opening', () => {
  it('reads the file and suggests the target that loses least', async () => {
    await openFile(file, 'churn.pkl')
    expect(documents()[0]).toMatchObject({ name: 'churn.pkl', size: 5, summary: { status: 'done' } })
    expect(documents()[0]?.conversion.target).toBe('pmml')
    expect(studio.getState().activeId).toBe(documents()[0]?.id)
  })

  it('keeps the error of a file that can not be read, and reads it again when asked', async () => {
    answers.open = async () => {
      throw new PortolanError('malformed-file', 'it breaks off', { hint: 'Export it again.' })
    }
    await openFile(file, 'churn.pkl')
    expect(documents()[0]?.summary).toMatchObject({
      status: 'failed',
      error: { code: 'malformed-file', hint: 'Export it again.' },
    })
    answers.open = defaults.open
    await readDocument(documents()[0]?.id ?? '')
    expect(documents()[0]?.summary.status).toBe('done')
    expect(started.map(({ terminated }) => terminated)).toEqual([true, false])
  })

  it('stops with the document: its worker is terminated, nothing of it comes back', async () => {
    answers.open = never
    const opening = openFile(file, 'churn.pkl')
    closeDocument(documents()[0]?.id ?? '')
    await opening
    expect(documents()).toEqual([])
    expect(studio.getState().activeId).toBeNull()
    expect(started[0]?.terminated).toBe(true)
  })

  it('shows the neighbour of a document that is closed', async () => {
    await openFile(file, 'a.pkl')
    await openFile(file, 'b.pkl')
    const [a, b] = documents().map(({ id }) => id)
    closeDocument(b ?? '')
    expect(studio.getState().activeId).toBe(a)
    showDocument(null)
    closeDocument(a ?? '')
    expect(studio.getState().activeId).toBeNull()
  })

  it('opens an ONNX model together with the data that was dropped beside it', async () => {
    const [model, data, other] = ['net.onnx', 'net.onnx.data', 'a.pkl'].map((name) => new File(['x'], name))
    await openFiles([data as File, model as File, other as File])
    expect(documents().map(({ name }) => name)).toEqual(['net.onnx', 'a.pkl'])
    expect(started[0]?.asked[0]).toMatchObject({ companions: [{ name: 'net.onnx.data', blob: data }] })
    await openFiles([data as File])
    expect(documents().at(-1)?.name).toBe('net.onnx.data')
  })

  it('selects nodes, and shows the view that they are to be seen in', async () => {
    await openFile(file, 'a.pkl')
    selectNodes(documents()[0]?.id ?? '', ['n1'], 'graph')
    expect(documents()[0]).toMatchObject({ selection: ['n1'], view: 'graph' })
  })
})

describe('converting', () => {
  const id = () => documents()[0]?.id ?? ''

  it('remembers the options that it was done with', async () => {
    await openFile(file, 'churn.pkl')
    setTarget(id(), 'onnx')
    setOptions(id(), { opset: 18, precision: 'double' })
    setOptions(id(), { precision: undefined })
    await convert(id())
    expect(documents()[0]?.conversion.task).toMatchObject({
      status: 'done',
      value: { target: 'onnx', options: { opset: 18 }, fileName: 'churn.onnx' },
    })
    await openConverted(id())
    expect(documents()[1]).toMatchObject({ name: 'churn.onnx', convertedFrom: 'churn.pkl' })
  })

  it('can be cancelled, and made again in a new worker', async () => {
    await openFile(file, 'churn.pkl')
    answers.convert = never
    const converting = convert(id())
    await Promise.resolve()
    cancelConversion(id())
    await converting
    expect(documents()[0]?.conversion.task.status).toBe('idle')
    expect(started[0]?.terminated).toBe(true)
    answers.convert = defaults.convert
    await convert(id())
    expect(documents()[0]?.conversion.task.status).toBe('done')
    expect(started).toHaveLength(2)
  })
})

describe('convertedName', () => {
  it.each([
    ['churn.pkl', '.onnx', 'churn.onnx'],
    ['churn.joblib.gz', '.pmml', 'churn.pmml'],
    ['net.v2.keras', '.onnx', 'net.v2.onnx'],
    ['model.onnx', '.onnx', 'model-converted.onnx'],
    ['model', '.onnx', 'model.onnx'],
    ['.pkl', '.onnx', '.pkl.onnx'],
  ])('%s as %s is %s', (name, extension, expected) => {
    expect(convertedName(name, extension)).toBe(expected)
  })
})
