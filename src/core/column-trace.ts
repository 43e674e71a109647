import type { Graph, Node } from './ir/graph.ts'
import type { ModelInput } from './ir/model.ts'
import { numbersOf } from './ir/tensor.ts'
import type { MlAttributes } from './ops/ml/attributes.ts'
import { expressionText, negationText } from './ops/ml/expression-text.ts'
import { expressionType } from './ops/ml/expression-type.ts'

/** A column of a value in the graph, as a person would call it. */
export interface TracedColumn {
  /** `Age`, `Job = clerk`, `ln(income)`, `expression[2]`. */
  readonly label: string
  /** The input's column that it is, its values unchanged or its missing ones replaced. */
  readonly source?: { readonly input: number; readonly feature: number }
  /** How its numbers become those of the column that `label` names: times `factor`, plus `offset`. */
  readonly scale?: { readonly factor: number; readonly offset: number }
  /** The condition whose truth it tells, 1 where it holds and 0 where it fails: `Job = clerk`, `Job ≠ clerk`. */
  readonly indicates?: { readonly holds: string; readonly fails: string }
}

/** The columns of every value that is a table, by the value's name. */
export function traceColumns(
  graph: Graph,
  inputs: readonly ModelInput[],
): ReadonlyMap<string, readonly TracedColumn[]> {
  const traced = new Map<string, readonly TracedColumn[]>()
  inputs.forEach(({ value, features }, input) => {
    const columns = features
      ? features.map(({ name }, feature) => ({ label: name, source: { input, feature } }))
      : numbered(graph, value, value)
    if (columns) traced.set(value, columns)
  })
  for (const node of graph.nodes) {
    const [output] = node.outputs
    if (!output) continue
    const table = node.inputs.map((value) => traced.get(value))
    const columns = columnsOf(graph, node, table) ?? numbered(graph, output, node.label ?? node.id)
    if (columns) traced.set(output, columns)
  }
  return traced
}

type Table = readonly (readonly TracedColumn[] | undefined)[]

/** The columns of a node's output, when it moves, completes or transforms columns one by one. */
function columnsOf(
  graph: Graph,
  { id, label, op, inputs, attributes }: Node,
  table: Table,
): readonly TracedColumn[] | undefined {
  const [first] = table
  switch (op) {
    case 'ml.impute':
    case 'Identity':
    case 'Cast':
      return first
    case 'Concat':
      return wholeTable(table)
    case 'Gather': {
      const indices = first && attributes.axis === 1 ? numbersOf(graph.constants.get(inputs[1] ?? '')) : undefined
      return indices?.map((index) => first?.at(index) ?? { label: String(index) })
    }
    case 'ml.scale':
      return wholeTable(table)?.map((column, i) => scaled(column, attributes, i))
    case 'ml.expression':
      return computed(label ?? id, attributes, wholeTable(table))
    case 'ml.oneHot':
      return wholeTable(table)?.flatMap(({ label }, i) => dummies(label, attributes, i))
    default:
      return undefined
  }
}

function wholeTable(table: Table): readonly TracedColumn[] | undefined {
  return table.every((part) => part !== undefined) ? table.flat() : undefined
}

/** A longer formula is no name for a column. */
const MAX_FORMULA = 80

/** Derived columns by their names, else by their formulas where these are short enough; `node` is what computes them. */
function computed(
  node: string,
  attributes: Node['attributes'],
  table: readonly TracedColumn[] | undefined,
): readonly TracedColumn[] | undefined {
  const { names, expressions } = attributes as unknown as MlAttributes['ml.expression']
  if (names) return names.map((label) => ({ label }))
  const columns = table?.map(({ label, scale }) => (scale ? `scale(${label})` : label))
  return (
    columns &&
    expressions.map((expression, i) => {
      const text = expressionText(expression, columns)
      if (expressionType(expression, () => false) === 'boolean') {
        return { label: text, indicates: { holds: text, fails: negationText(expression, columns) } }
      }
      return { label: text.length <= MAX_FORMULA ? text : `${node}[${i}]` }
    })
  )
}

/** A column that is centred and divided: a number in it says something about the one before. */
function scaled({ label, scale }: TracedColumn, attributes: Node['attributes'], i: number): TracedColumn {
  const { center, divisor, factor, shift, clip } = attributes as unknown as MlAttributes['ml.scale']
  const slope = (divisor?.[i] ?? 1) / (factor?.[i] ?? 1)
  if (clip || !(slope > 0) || !Number.isFinite(slope)) return { label: `scale(${label})` }
  const offset = (center?.[i] ?? 0) - (shift?.[i] ?? 0) * slope
  const before = scale ?? { factor: 1, offset: 0 }
  return { label, scale: { factor: before.factor * slope, offset: before.factor * offset + before.offset } }
}

/** The columns that a one-hot encoding makes of one. */
function dummies(column: string, attributes: Node['attributes'], index: number): TracedColumn[] {
  const { encodings } = attributes as unknown as MlAttributes['ml.oneHot']
  const { keys = [], slots = [], size = 0 } = encodings[index] ?? {}
  return Array.from({ length: size }, (_, slot) => {
    const held = keys.filter((_key, k) => slots[k] === slot)
    const key = held.length > 0 ? held.join(' | ') : '…'
    const holds = `${column} = ${key}`
    return { label: holds, indicates: { holds, fails: `${column} ≠ ${key}` } }
  })
}

/** `x[0]`, `x[1]` … of a value whose width is known. */
function numbered(graph: Graph, value: string, name: string): readonly TracedColumn[] | undefined {
  const shape = graph.types.get(value)?.shape
  const width = shape?.length === 2 ? shape[1] : undefined
  if (typeof width !== 'number') return undefined
  return Array.from({ length: width }, (_, i) => ({ label: `${name}[${i}]` }))
}
