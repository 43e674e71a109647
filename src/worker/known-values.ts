import type { Graph, Node } from '../core/ir/graph.ts'
import type { Category, Feature, ModelInput } from '../core/ir/model.ts'
import { numbersOf } from '../core/ir/tensor.ts'
import type { MlAttributes } from '../core/ops/ml/attributes.ts'

/** Where a column of a value in the graph comes from: input and feature, or undefined when it was computed. */
type Column = { readonly input: number; readonly feature: number } | undefined

/**
 * Adds the categories that a model knows to features whose source does not list them: the keys of the one-hot encodings
 * that a column reaches unchanged, or with its missing values replaced. For forms; the model's meaning stays as it is.
 */
export function withKnownValues(graph: Graph, inputs: readonly ModelInput[]): ModelInput[] {
  const found = encodedValues(graph, inputs)
  return inputs.map((input, i) => ({
    ...input,
    ...(input.features && {
      features: input.features.map((feature, j) => withValues(feature, found.get(`${i} ${j}`))),
    }),
  }))
}

function withValues(feature: Feature, values: readonly Category[] | undefined): Feature {
  if (feature.values || !values || values.length === 0) return feature
  return { ...feature, kind: 'categorical', values }
}

function encodedValues(graph: Graph, inputs: readonly ModelInput[]): Map<string, readonly Category[]> {
  const columns = new Map<string, readonly Column[]>()
  inputs.forEach(({ value, features }, input) => {
    if (features)
      columns.set(
        value,
        features.map((_, feature) => ({ input, feature })),
      )
  })
  const found = new Map<string, readonly Category[]>()
  for (const node of graph.nodes) {
    const table = node.inputs.map((value) => columns.get(value))
    if (node.op === 'ml.oneHot' && table.every((part) => part !== undefined)) {
      const { encodings } = node.attributes as unknown as MlAttributes['ml.oneHot']
      table.flat().forEach((column, i) => {
        const keys = encodings[i]?.keys.filter((key) => key !== '' && !Number.isNaN(key))
        if (column && keys) found.set(`${column.input} ${column.feature}`, keys)
      })
    }
    const passed = passedColumns(graph, node, table)
    if (passed && node.outputs[0]) columns.set(node.outputs[0], passed)
  }
  return found
}

/** The columns of a node's output, when it only moves or completes columns. */
function passedColumns(
  graph: Graph,
  { op, inputs, attributes }: Node,
  table: readonly (readonly Column[] | undefined)[],
): readonly Column[] | undefined {
  const [first] = table
  if (op === 'ml.impute' || op === 'Identity') return first
  if (op === 'Concat') return table.every((part) => part !== undefined) ? table.flat() : undefined
  if (op === 'Gather' && first && attributes['axis'] === 1) {
    const indices = numbersOf(graph.constants.get(inputs[1] ?? ''))
    return indices?.map((index) => first.at(index))
  }
  return undefined
}
