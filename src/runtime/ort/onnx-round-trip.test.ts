import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../core/bytes/byte-source.ts'
import type { EvalTensor } from '../../core/ops/spec.ts'
import { standardPasses } from '../../core/passes/standard-passes.ts'
import { onnxReader } from '../../formats/onnx/reader/read-onnx.ts'
import { onnxWriter } from '../../formats/onnx/writer/write-onnx.ts'
import { fromHost, toFeed } from '../feed.ts'
import { readNpzTensors } from '../tensor-npz.ts'
import { createSession } from './session.ts'

interface Case {
  readonly id: string
  readonly model: string
  readonly input?: string
  readonly expected?: string
  readonly inputTensors?: string
  readonly expectedTensors?: string
  readonly rtol?: number
  readonly atol?: number
}

/** Models that the hub has no operators for, with the operator that says so. */
const NOT_CONVERTIBLE: Readonly<Record<string, string>> = {
  'hand-built/attention-23': 'Attention',
  'hand-built/resize-down-antialias-18': 'antialiasing',
  'hand-built/sequence-13': 'SequenceConstruct',
  'hand-built/split-to-sequence-13': 'SplitToSequence',
  'models/count-vectorizer': 'Tokenizer',
  'models/sentiment-tfidf-logreg': 'Tokenizer',
}

/** Two float32 evaluations of a distance that cancels, or of large scores, agree no better. */
const ATOL = 5e-5

const FIXTURES = new URL('../../formats/onnx/fixtures/', import.meta.url)

function casesOf(folder: string): (Case & { readonly url: URL })[] {
  const url = new URL(`${folder}/`, FIXTURES)
  const { cases } = JSON.parse(readFileSync(new URL('manifest.json', url), 'utf8')) as { cases: Case[] }
  return cases.map((entry) => ({ ...entry, url }))
}

const npz = (url: URL) => readNpzTensors(new Uint8Array(readFileSync(url)))

/** Elements that differ by more than the tolerance. */
function differences(actual: EvalTensor, expected: EvalTensor, rtol: number, atol: number): string[] {
  if (actual.data.length !== expected.data.length) return [`shape [${actual.shape}] instead of [${expected.shape}]`]
  return Array.from<number | string>(expected.data).flatMap((want, i) => {
    const got = actual.data[i] as number | string
    const same =
      got === want ||
      (Number.isNaN(got) && Number.isNaN(want)) ||
      (typeof want === 'number' && Math.abs(Number(got) - want) <= atol + rtol * Math.abs(want))
    return same ? [] : [`[${i}] ${got} instead of ${want}`]
  })
}

async function roundTrip(entry: Case & { readonly url: URL }): Promise<string[]> {
  const bytes = new Uint8Array(readFileSync(new URL(entry.model, entry.url)))
  const sibling = async (name: string) => {
    const url = new URL(name, new URL(entry.model, entry.url))
    return existsSync(url) ? bufferSource(new Uint8Array(readFileSync(url))) : null
  }
  const source = await onnxReader.read(bufferSource(bytes), { name: entry.id, sibling })
  const { model, diagnostics } = await source.lower()
  if (!model) return diagnostics.filter((d) => d.severity === 'blocked').map((d) => d.message)
  const written = await onnxWriter.write({ ...model, graph: await standardPasses(model.graph) })
  if (!written.parts) return written.diagnostics.map((d) => d.message)
  const session = await createSession(written.parts)
  try {
    const values = await npz(new URL(entry.inputTensors ?? entry.input ?? '', entry.url))
    const expected = await npz(new URL(entry.expectedTensors ?? entry.expected ?? '', entry.url))
    const feeds = session.inputs.map((input) => [input.name, toFeed(input, values[input.name] as EvalTensor)] as const)
    const results = [...(await session.run(new Map(feeds)))]
    // Outputs have usual names in what is written; their order is the source's.
    const names = source.outputs.map((output) => output.name)
    return results.flatMap(([, tensor], i) => {
      const want = expected[names[i] ?? '']
      const { rtol = 1e-5, atol = ATOL } = entry
      return want ? differences(fromHost(tensor), want, rtol, atol).map((text) => `${names[i]}${text}`) : []
    })
  } finally {
    await session.release()
  }
}

describe.each(['nn', 'ml'])('ONNX → hub → ONNX → ONNX Runtime, fixtures %s', (folder) => {
  for (const entry of casesOf(folder)) {
    if (!(entry.inputTensors ?? entry.input)?.endsWith('.npz')) continue
    const reason = NOT_CONVERTIBLE[entry.id]
    it(`${entry.id} ${reason ? 'is blocked' : 'gives the same answers'}`, async () => {
      const problems = await roundTrip(entry)
      if (reason) expect(problems.join()).toContain(reason)
      else expect(problems.slice(0, 5)).toEqual([])
    })
  }
})
