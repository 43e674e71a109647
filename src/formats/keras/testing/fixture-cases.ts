import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bufferSource } from '../../../core/bytes/byte-source.ts'
import { evaluate } from '../../../core/evaluate/evaluate.ts'
import type { Model } from '../../../core/ir/model.ts'
import type { EvalTensor } from '../../../core/ops/spec.ts'
import { castTensor } from '../../../core/ops/tensor/cast.ts'
import type { SourceModel } from '../../../core/source-model.ts'
import { type NdArray, toFloat64 } from '../../../encodings/npy/nd-array.ts'
import { readNpz } from '../../../encodings/npy/npz.ts'
import { kerasReader } from '../reader/read-keras.ts'

/** One entry of the fixtures' manifest. */
export interface FixtureCase {
  readonly id: string
  readonly model: string
  readonly input?: string
  readonly expected?: string
  readonly targets: readonly string[]
  readonly rtol?: number
  readonly blocked?: Readonly<Record<string, string>>
}

const FOLDER = new URL('../fixtures/', import.meta.url)

export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(name, FOLDER))))
}

export function fixtureCases(): FixtureCase[] {
  return (JSON.parse(new TextDecoder().decode(fixtureBytes('manifest.json'))) as { cases: FixtureCase[] }).cases
}

export function readFixture(name: string): Promise<SourceModel> {
  return kerasReader.read(bufferSource(fixtureBytes(name)), { name })
}

/** The arrays of an .npz as the evaluator takes them, each by its name. */
export async function fixtureArrays(name: string): Promise<Map<string, EvalTensor>> {
  const arrays = await readNpz(bufferSource(fixtureBytes(name)))
  return new Map([...arrays].map(([key, array]) => [key, evalArray(array)]))
}

function evalArray(array: NdArray<never>): EvalTensor {
  if (array.dtype.kind === 'U')
    return { dtype: 'string', shape: array.shape, data: (array as unknown as { data: readonly string[] }).data }
  return { dtype: 'float64', shape: array.shape, data: toFloat64(array) }
}

/** The model's inputs from a case's arrays, each in the type that the model declares. */
export function feedsOf(model: Model, arrays: ReadonlyMap<string, EvalTensor>): Record<string, EvalTensor> {
  return Object.fromEntries(
    model.graph.inputs.map((name) => {
      const array = arrays.get(name)
      if (!array) throw new Error(`the case has no input ${name}, but ${[...arrays.keys()].join(', ')}`)
      const dtype = model.graph.types.get(name)?.dtype
      return [name, dtype && array.dtype !== 'string' ? castTensor(array, dtype) : array]
    }),
  )
}

/** The largest difference to what is expected, relative to the expected output's scale; throws on another shape. */
export function worstDifference(
  results: ReadonlyMap<string, EvalTensor>,
  expected: ReadonlyMap<string, EvalTensor>,
): number {
  let worst = 0
  for (const [name, wanted] of expected) {
    const result = results.get(name)
    if (!result) throw new Error(`there is no output ${name}, but ${[...results.keys()].join(', ')}`)
    if (result.shape.join() !== wanted.shape.join()) {
      throw new Error(`the output ${name} is [${result.shape.join(', ')}] and not [${wanted.shape.join(', ')}]`)
    }
    const [found, numbers] = [result.data as Float64Array, wanted.data as Float64Array]
    const scale = Math.max(...numbers.map(Math.abs), Number.MIN_VALUE)
    for (const [i, number] of numbers.entries()) {
      const difference = Math.abs((found[i] as number) - number) / scale
      worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
    }
  }
  return worst
}

/** The reference evaluator's results for a case. */
export async function evaluateCase(model: Model, entry: FixtureCase): Promise<Map<string, EvalTensor>> {
  const feeds = feedsOf(model, await fixtureArrays(entry.input as string))
  return new Map(Object.entries(await evaluate(model, feeds)))
}
