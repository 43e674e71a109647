import * as ort from 'onnxruntime-web/wasm'
import type { Diagnostic } from '../../../../../../core/diagnostics.ts'
import { GraphBuilder } from '../../../../../../core/ir/builder.ts'
import type { DType } from '../../../../../../core/ir/dtype.ts'
import type { Category, Model } from '../../../../../../core/ir/model.ts'
import type { MlAttributes, MlOp } from '../../../../../../core/ops/ml/attributes.ts'
import { mlOps } from '../../../../../../core/ops/ml/index.ts'
import { opTable } from '../../../../../../core/ops/registry.ts'
import type { EvalTensor } from '../../../../../../core/ops/spec.ts'
import { onnxWriter } from '../../../write-onnx.ts'

ort.env.wasm.numThreads = 1
ort.env.logLevel = 'error'

const OPS = opTable(mlOps)

export type Table = readonly EvalTensor[]
export type Precision = 'float' | 'double'

/** Columns of numbers, given row by row. */
export function numbers(rows: readonly (readonly number[])[], dtype: DType = 'float64'): EvalTensor {
  return { dtype, shape: [rows.length, rows[0]?.length ?? 0], data: Float64Array.from(rows.flat()) }
}

/** Columns of text, given row by row. */
export function texts(rows: readonly (readonly string[])[]): EvalTensor {
  return { dtype: 'string', shape: [rows.length, rows[0]?.length ?? 0], data: rows.flat() }
}

/** A small deterministic generator (mulberry32) of numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

interface Case<O extends MlOp> {
  readonly op: O
  readonly attributes: MlAttributes[O]
  readonly table: Table
  readonly outputs?: number
}

/** A model of one operator; every column is a feature of its own, so that the boundary's precision rules hold. */
function modelOf<O extends MlOp>({ op, attributes, table, outputs = 1 }: Case<O>): Model {
  const builder = new GraphBuilder('test', OPS)
  const inputs = table.map(({ dtype, shape }, t) => ({
    value: builder.input(`t${t}`, { dtype, shape: ['N', shape[1] as number] }),
    features: Array.from({ length: shape[1] as number }, (_, c) => ({
      name: `t${t}c${c}`,
      kind: dtype === 'string' ? ('categorical' as const) : ('continuous' as const),
      dataType: dtype === 'string' ? ('string' as const) : ('double' as const),
    })),
  }))
  const values = builder.ops(
    op,
    inputs.map(({ value }) => value),
    { ...attributes },
    { outputs, label: 'step' },
  )
  return {
    graph: builder.build(values),
    inputs,
    outputs: values.map((value) => ({ value, role: 'other' as const })),
    metadata: {},
  }
}

const ARRAYS = { float32: Float32Array, float64: Float64Array } as const

/** The tensor `t0`, or its column `t0c1`. */
function feedOf(table: Table, name: string, dtype: DType | null): ort.Tensor {
  const [, t, c] = /^t(\d+)(?:c(\d+))?$/.exec(name) ?? []
  const { data, shape } = table[Number(t)] as EvalTensor
  const width = shape[1] as number
  const values = [...data].filter((_, i) => c === undefined || i % width === Number(c)) as Category[]
  const dims = c === undefined ? shape : [shape[0] as number, 1]
  if (dtype === 'string') return new ort.Tensor('string', values as string[], dims)
  if (dtype === 'int64') return new ort.Tensor('int64', BigInt64Array.from(values as number[], BigInt), dims)
  const type = dtype === 'float32' ? 'float32' : 'float64'
  return new ort.Tensor(type, ARRAYS[type].from(values as number[]), dims)
}

/** Writes the operator as ONNX: the bytes, or the diagnostics alone when it is blocked. */
export async function written<O extends MlOp>(
  test: Case<O>,
  precision: Precision,
): Promise<{ bytes?: Uint8Array; diagnostics: readonly Diagnostic[]; inputTypes: ReadonlyMap<string, DType | null> }> {
  const { parts, graph, diagnostics } = await onnxWriter.write(modelOf(test), { precision })
  const inputTypes = new Map(graph?.inputs.map((name) => [name, graph.types.get(name)?.dtype ?? null]))
  if (!parts) return { diagnostics, inputTypes }
  const chunks = parts.map((part) => part as Uint8Array)
  return { bytes: new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer()), diagnostics, inputTypes }
}

/** What ONNX Runtime makes of the operator, one list of elements per output, and the table as it saw it. */
export async function run<O extends MlOp>(test: Case<O>, precision: Precision) {
  const { bytes, diagnostics, inputTypes } = await written(test, precision)
  if (!bytes) throw new Error(`blocked: ${diagnostics.map((d) => d.message).join('; ')}`)
  const session = await ort.InferenceSession.create(bytes)
  const feeds = Object.fromEntries(session.inputNames.map((n) => [n, feedOf(test.table, n, inputTypes.get(n) ?? null)]))
  const results = await session.run(feeds)
  const outputs = session.outputNames.map((name) => {
    const { data, dims } = results[name] as ort.Tensor
    return { shape: dims, data: Array.from(data as ArrayLike<unknown>, (x) => (typeof x === 'string' ? x : Number(x))) }
  })
  await session.release()
  const seen = test.table.map((tensor, t) => {
    if (tensor.dtype === 'string' || (inputTypes.get(`t${t}`) ?? inputTypes.get(`t${t}c0`)) !== 'float32') return tensor
    return { ...tensor, data: (tensor.data as Float64Array).map(Math.fround) }
  })
  return { outputs, seen, diagnostics }
}

/** The hub's own answer. */
export function evaluated<O extends MlOp>(
  { op, attributes, outputs = 1 }: Omit<Case<O>, 'table'>,
  table: Table,
): EvalTensor[] {
  const spec = OPS.get(op)
  if (!spec) throw new Error(`no spec of ${op}`)
  const runBody = () => {
    throw new Error('no bodies here')
  }
  return spec.evaluate(table, { op, attributes: { ...attributes }, outputCount: outputs, run: runBody })
}

/** How much results may differ, relative to the larger of 1 and the expected value. */
const TOLERANCE = { float: 5e-7, double: 1e-13 } as const

function agrees(actual: Category, wanted: Category, precision: Precision, tolerance: number): boolean {
  if (typeof actual !== 'number' || typeof wanted !== 'number') return actual === wanted
  if (Object.is(actual, wanted) || actual === wanted) return true
  if (precision === 'float' && Math.fround(wanted) === actual) return true
  return Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted))
}

/** Runs the operator in ONNX Runtime at both precisions: where the results differ from the hub's evaluation. */
export async function differences<O extends MlOp>(
  test: Case<O>,
  tolerance: Readonly<Record<Precision, number>> = TOLERANCE,
): Promise<string[]> {
  const found: string[] = []
  for (const precision of ['double', 'float'] as const) {
    const { outputs, seen } = await run(test, precision)
    const expected = evaluated(test, seen)
    for (const [o, { shape, data }] of outputs.entries()) {
      const reference = expected[o] as EvalTensor
      if (shape.join() !== reference.shape.join())
        found.push(`${precision}: shape [${shape}], not [${reference.shape}]`)
      for (const [i, actual] of data.entries()) {
        const wanted = reference.data[i] as Category
        if (agrees(actual, wanted, precision, tolerance[precision])) continue
        found.push(`${precision}, output ${o}, element ${i}: ${actual}, not ${wanted}`)
      }
    }
  }
  return found
}
