import { type TracedColumn, traceColumns } from './column-trace.ts'
import type { Graph } from './ir/graph.ts'
import type { Category, Feature, ModelInput } from './ir/model.ts'
import type { MlAttributes } from './ops/ml/attributes.ts'
import { SPLIT } from './ops/ml/tree-ensemble.ts'

/** What a model lets one know of a column that it reads. */
interface Known {
  values?: readonly Category[]
  range?: readonly [number, number]
}

/**
 * Adds to features what their source does not list but the model knows: categories from the keys of one-hot encodings,
 * ranges from the means and deviations that columns are scaled by and from the thresholds that trees hold them against.
 * For forms; the model's meaning stays as it is.
 */
export function withKnownValues(graph: Graph, inputs: readonly ModelInput[]): ModelInput[] {
  const known = knownColumns(graph, inputs)
  return inputs.map((input, i) => ({
    ...input,
    ...(input.features && {
      features: input.features.map((feature, j) => withKnown(feature, known.get(`${i} ${j}`))),
    }),
  }))
}

function withKnown(feature: Feature, { values, range }: Known = {}): Feature {
  if (!feature.values && values && values.length > 0) return { ...feature, kind: 'categorical', values }
  if (!feature.range && range && feature.kind === 'continuous') return { ...feature, range }
  return feature
}

function knownColumns(graph: Graph, inputs: readonly ModelInput[]): ReadonlyMap<string, Known> {
  const traced = traceColumns(graph, inputs)
  const known = new Map<string, Known>()
  const entry = ({ source }: TracedColumn): Known | undefined => {
    if (!source) return undefined
    const key = `${source.input} ${source.feature}`
    if (!known.has(key)) known.set(key, {})
    return known.get(key)
  }
  for (const { op, inputs: values, attributes } of graph.nodes) {
    const columns = values.flatMap((value) => traced.get(value) ?? [])
    if (op === 'ml.oneHot') {
      const { encodings } = attributes as unknown as MlAttributes['ml.oneHot']
      columns.forEach((column, i) => {
        const keys = encodings[i]?.keys.filter((key) => key !== '' && !Number.isNaN(key))
        const found = entry(column)
        if (found && keys) found.values = keys
      })
    } else if (op === 'ml.scale') {
      const { center, divisor } = attributes as unknown as MlAttributes['ml.scale']
      for (const [i, column] of columns.entries()) widen(entry(column), scaledRange(center?.[i], divisor?.[i]))
    } else if (op === 'ml.treeEnsemble') {
      const { ensemble } = attributes as unknown as MlAttributes['ml.treeEnsemble']
      ensemble.mode.forEach((mode, node) => {
        const [column, x] = [columns[ensemble.column[node] ?? 0], ensemble.threshold[node] ?? 0]
        if (column && COMPARES.has(mode)) widen(entry(column), [x, x])
      })
    }
  }
  return known
}

const COMPARES: ReadonlySet<number> = new Set([SPLIT.lessOrEqual, SPLIT.less, SPLIT.greaterOrEqual, SPLIT.greater])

/** Most of what was seen lies within two deviations of the mean. */
const DEVIATIONS = 2

function scaledRange(center: number | undefined, divisor = 1): readonly [number, number] | undefined {
  return center === undefined ? undefined : [center - DEVIATIONS * divisor, center + DEVIATIONS * divisor]
}

function widen(known: Known | undefined, range: readonly [number, number] | undefined): void {
  if (!known || !range?.every(Number.isFinite)) return
  const [low, high] = known.range ?? range
  known.range = [Math.min(low, range[0]), Math.max(high, range[1])]
}
