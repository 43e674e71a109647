import { type Graph, type Node, producers } from '../../../core/ir/graph.ts'
import type { Category, Feature, ModelInput, ModelOutput } from '../../../core/ir/model.ts'
import { labelType } from '../../../core/ops/ml/label.ts'

/** Operators that hand their input on; what it means stays. */
const TRANSPARENT: ReadonlySet<string> = new Set(['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'])

/** The value that a value is a copy of, going up through operators that only hand on. */
function originOf(value: string, producer: ReadonlyMap<string, Node>): string {
  for (let node = producer.get(value); node && TRANSPARENT.has(node.op); node = producer.get(value)) {
    value = node.inputs[0] ?? ''
  }
  return value
}

function widthOf(graph: Graph, value: string): number | undefined {
  const shape = graph.types.get(value)?.shape
  if (!shape) return undefined
  if (shape.length === 1) return 1
  const width = shape.length === 2 ? shape[1] : undefined
  return typeof width === 'number' ? width : undefined
}

function features(graph: Graph, input: string, single: boolean): Feature[] | undefined {
  const type = graph.types.get(input)
  const width = type?.shape?.length === 2 ? type.shape[1] : undefined
  if (!type || typeof width !== 'number') return undefined
  const isText = type.dtype === 'string'
  return Array.from({ length: width }, (_, i) => ({
    name: width === 1 ? input : single ? `x${i + 1}` : `${input}_${i + 1}`,
    kind: isText ? 'categorical' : 'continuous',
    dataType: isText ? 'string' : type.dtype === 'float32' ? 'float' : type.dtype === 'float64' ? 'double' : 'integer',
  }))
}

/** The inputs of a file without Portolan's metadata: columns where the model is over a table, else plain tensors. */
export function inferInputs(graph: Graph, tabular: boolean): ModelInput[] {
  return graph.inputs.map((value) => {
    const found = tabular ? features(graph, value, graph.inputs.length === 1) : undefined
    return { value, ...(found === undefined ? {} : { features: found }) }
  })
}

/** Operators that prepare columns; a model of nothing else is a transformer. */
const PREPARING: ReadonlySet<string> = new Set([
  'ml.scale',
  'ml.impute',
  'ml.oneHot',
  'ml.expression',
  'ml.tokenCounts',
])

/**
 * The names that columns of numbers have in a table: `transform(0)` … for a transformer, else `y`, or `y1` … for several. Of
 * several outputs each has the file's own name for it.
 */
function valueColumns(graph: Graph, output: string, width: number, isOnly: boolean): string[] {
  const isEstimator = (node: Node) => (node.op.startsWith('ml.') && !PREPARING.has(node.op)) || node.op === 'Gemm'
  // One product is a projection; a network has several.
  const products = graph.nodes.filter((node) => node.op === 'MatMul').length
  const isTransformer = isOnly && products <= 1 && !graph.nodes.some(isEstimator)
  if (isTransformer) return Array.from({ length: width }, (_, i) => `transform(${i})`)
  if (width === 1) return [isOnly ? 'y' : output]
  return Array.from({ length: width }, (_, i) => (isOnly ? `y${i + 1}` : `${output}_${i + 1}`))
}

/**
 * The outputs of a file without Portolan's metadata: labels and scores of a classifier where they are recognisable, values of
 * any other model over a table, else plain tensors.
 */
export function inferOutputs(graph: Graph, tabular: boolean): ModelOutput[] {
  if (!tabular) return graph.outputs.map((value) => ({ value, role: 'other' }))
  const producer = producers(graph)
  const origins = graph.outputs.map((value) => originOf(value, producer))
  const isCluster = (node: Node) => producer.get(node.inputs[0] ?? '')?.op === 'ml.distance' && areNumbered(node)
  const labelNode = origins
    .map((value) => producer.get(value))
    .find((node) => node?.op === 'ml.label' && !isCluster(node))
  const labels = labelNode?.attributes['labels'] as readonly Category[] | undefined
  return graph.outputs.map((value, i): ModelOutput => {
    const width = widthOf(graph, value)
    const made = producer.get(origins[i] ?? '')
    if (made?.op === 'ml.label' && isCluster(made)) return { value, role: 'cluster', columns: ['cluster'] }
    if (made?.op === 'ml.label' && labels) {
      return { value, role: 'label', columns: ['y'], classes: labels, dataType: dataTypeOf(labels) }
    }
    if (labels && width === labels.length) {
      const isLike = /prob/i.test(value) || (made !== undefined && PROBABILITIES.has(made.op))
      const isProbability = isLike && !isRawScore(value, producer)
      const role = isProbability ? 'probability' : 'decision'
      return { value, role, columns: labels.map((label) => `${role}(${label})`), classes: labels }
    }
    if (width === undefined) return { value, role: 'value' }
    const columns = valueColumns(graph, value, width, graph.outputs.length === 1)
    return { value, role: columns[0]?.startsWith('transform') ? 'transform' : 'value', columns }
  })
}

/** Operators whose results next to a label are probabilities; of others they may be any scores. */
const PROBABILITIES: ReadonlySet<string> = new Set([
  'ml.link',
  'ml.pairwiseProbability',
  'ml.treeEnsemble',
  'Softmax',
  'Sigmoid',
  'Div',
  'Concat',
])

/** Estimators whose results are numbers of any size. */
const SCORING: ReadonlySet<string> = new Set(['ml.kernelMachine', 'ml.linear', 'Gemm', 'MatMul'])

/** Operators that make probabilities of such numbers. */
const NORMALIZING: ReadonlySet<string> = new Set([
  'ml.link',
  'ml.pairwiseProbability',
  'ml.scale',
  'Clip',
  'Exp',
  'Max',
  'Min',
  'Sigmoid',
  'Softmax',
])

/** Whether nothing normalized an estimator's scores: scikit-learn's converter calls decisions probabilities, too. */
function isRawScore(value: string, producer: ReadonlyMap<string, Node>): boolean {
  const pending = [value]
  const seen = new Set<string>()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const node = producer.get(next)
    if (!node || seen.has(next) || NORMALIZING.has(node.op)) continue
    if (SCORING.has(node.op)) return true
    seen.add(next)
    pending.push(...node.inputs)
  }
  return false
}

/** Whether the labels are places: 0, 1, 2 … */
const areNumbered = (node: Node): boolean =>
  (node.attributes['labels'] as readonly Category[]).every((label, k) => label === k)

function dataTypeOf(labels: readonly Category[]): Feature['dataType'] {
  const type = labelType(labels)
  return type === 'string' ? 'string' : type === 'int64' ? 'integer' : 'double'
}
