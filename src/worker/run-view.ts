import type { ModelOutput } from '../core/ir/model.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import type { Values } from '../runtime/predict.ts'
import { outputsToTable, type TextTable } from '../runtime/table.ts'
import { tensorImage } from './image-tensor.ts'

/** What a run gave, as the page shows it: the first rows as text, no tensors. */
export interface RunView {
  /** The first rows of the outputs that fit a table. */
  readonly preview: TextTable
  readonly rowCount: number
  readonly outputs: readonly OutputView[]
  /** Milliseconds that the run took. */
  readonly time: number
}

export interface OutputView {
  readonly name: string
  readonly role: ModelOutput['role']
  /** `float32[20, 3]` */
  readonly type: string
  /** Scores of classes for the first rows, where it holds such. */
  readonly scores: ClassScores | null
  /** The first image, where it is shaped like one: a PNG. */
  readonly image: Blob | null
}

export interface ClassScores {
  readonly labels: readonly string[]
  /** One list per row, in the order of the labels. */
  readonly rows: readonly (readonly number[])[]
}

const PREVIEW_ROWS = 200
const MAX_TABLE_COLUMNS = 1024
const MAX_CLASSES = 1024

/** The view of a run's values; those that could not be computed (maps) are left out. */
export async function runView(outputs: readonly ModelOutput[], values: Values, time: number): Promise<RunView> {
  const computed = outputs.filter(({ value }) => values[value] !== undefined)
  const firstRows = Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, head(tensor)]))
  const views = computed.map(async (output): Promise<OutputView> => {
    const tensor = values[output.value] as EvalTensor
    return {
      name: output.value,
      role: output.role,
      type: `${tensor.dtype}[${tensor.shape.join(', ')}]`,
      scores: classScores(output, firstRows[output.value] as EvalTensor),
      image: (await tensorImage(tensor)) ?? null,
    }
  })
  return {
    preview: outputsToTable(tabular(computed, values), firstRows),
    rowCount: Math.max(0, ...computed.map(({ value }) => values[value]?.shape[0] ?? 1)),
    outputs: await Promise.all(views),
    time,
  }
}

/** Outputs whose rows are few enough columns to stand in a table. */
export function tabular(outputs: readonly ModelOutput[], values: Values): readonly ModelOutput[] {
  return outputs.filter(({ value }) => {
    const tensor = values[value]
    return tensor && tensor.shape.slice(1).reduce((n, d) => n * d, 1) <= MAX_TABLE_COLUMNS
  })
}

function head({ dtype, shape, data }: EvalTensor): EvalTensor {
  const [rows = 1, ...rest] = shape
  const kept = Math.min(rows, PREVIEW_ROWS)
  return {
    dtype,
    shape: shape.length === 0 ? [] : [kept, ...rest],
    data: data.slice(0, (data.length / Math.max(1, rows)) * kept),
  }
}

/** Named probabilities; or rows of a plain [N, C] tensor that add up to 1, as a softmax makes them. */
function classScores({ role, classes, columns }: ModelOutput, { shape, data }: EvalTensor): ClassScores | null {
  const [rows = 0, width = 0] = shape
  if (shape.length !== 2 || width < 2 || width > MAX_CLASSES || !(data instanceof Float64Array)) return null
  const scores = Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * width, (i + 1) * width)))
  if (role !== 'probability' && !scores.every(isDistribution)) return null
  const labels = Array.from({ length: width }, (_, k) => String(classes?.[k] ?? columns?.[k] ?? k))
  return { labels, rows: scores }
}

function isDistribution(row: readonly number[]): boolean {
  const sum = row.reduce((total, x) => total + x, 0)
  return row.every((x) => x >= 0) && Math.abs(sum - 1) < 1e-4
}
