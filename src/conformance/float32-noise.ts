import { evaluate } from '../core/evaluate/evaluate.ts'
import { isFloat } from '../core/ir/dtype.ts'
import type { Model } from '../core/ir/model.ts'
import { hubOps } from '../core/ops/hub-ops.ts'
import type { EvalTensor, OpSpec } from '../core/ops/spec.ts'
import { castTensor } from '../core/ops/tensor/cast.ts'
import { type Engine, referenceEngine, type Values } from '../runtime/predict.ts'
import { outputsToTable, tableToInputs } from '../runtime/table.ts'
import { tabularInputs } from '../runtime/tabular.ts'
import type { Answers } from './answers.ts'

/** What float32 arithmetic changes of a model's answers to some questions, by the name of an output or a column. */
export type Float32Noise = ReadonlyMap<string, OutputNoise>

export interface OutputNoise {
  /** The largest difference of a number. */
  readonly size: number
  /** Elements, or rows, whose text differs: ties that rounding decides. */
  readonly unsettled: ReadonlySet<number>
}

export const NO_NOISE: Float32Noise = new Map()

/** The hub's operators with every result rounded, as a framework has them that computes in float32. */
const ROUNDED: ReadonlyMap<string, OpSpec> = new Map(
  [...hubOps].map(([op, spec]) => [
    op,
    { ...spec, evaluate: (inputs, ctx) => spec.evaluate(inputs, ctx).map(rounded) } satisfies OpSpec,
  ]),
)

const rounded = (value: EvalTensor): EvalTensor =>
  isFloat(value.dtype) ? { ...castTensor(value, 'float32'), dtype: value.dtype } : value

/**
 * Evaluates the model in float64 and with every result rounded to float32: where the two differ, the answers of a float32
 * framework say no more than that. An ill-conditioned network loses digits, probabilities that round to 1 tie.
 */
export async function float32Noise(model: Model, answers: Answers): Promise<Float32Noise> {
  const engine = referenceEngine(model)
  const inputs =
    answers.kind === 'tensors' ? answers.input : tableToInputs(tabularInputs(engine, answers.input), answers.input)
  const exact = await evaluate(model.graph, inputs)
  const rough = await evaluate(model.graph, inputs, { ops: ROUNDED })
  const noise = new Map<string, OutputNoise>()
  for (const [name, value] of Object.entries(exact)) {
    const other = rough[name]
    if (other) noise.set(name, noiseOf(Array.from<unknown>(value.data), Array.from<unknown>(other.data)))
  }
  for (const [name, column] of columnNoise(engine, exact, rough)) noise.set(name, column)
  return noise
}

function columnNoise(engine: Engine, exact: Values, rough: Values): [string, OutputNoise][] {
  if (!engine.outputs.some((output) => output.columns)) return []
  const [a, b] = [exact, rough].map((values) => outputsToTable(engine.outputs, values))
  return (a?.columns ?? []).map((name, k) => {
    const cells = (table: typeof a) => (table?.rows ?? []).map((row) => numberOrText(row[k] ?? ''))
    return [name, noiseOf(cells(a), cells(b))]
  })
}

const numberOrText = (cell: string): unknown => (cell === '' || Number.isNaN(Number(cell)) ? cell : Number(cell))

function noiseOf(exact: readonly unknown[], rough: readonly unknown[]): OutputNoise {
  let size = 0
  const unsettled = new Set<number>()
  for (const [i, a] of exact.entries()) {
    const b = rough[i]
    if (typeof a === 'number' && typeof b === 'number' && !Number.isInteger(a)) {
      if (Math.abs(a - b) > size) size = Math.abs(a - b)
    } else if (a !== b) unsettled.add(i)
  }
  return { size, unsettled }
}
