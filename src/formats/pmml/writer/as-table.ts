import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { Node } from '../../../core/ir/graph.ts'
import type { Feature, Model, ModelInput, ModelOutput } from '../../../core/ir/model.ts'
import type { ValueType } from '../../../core/ir/types.ts'

/** More columns than this make no table that anybody could fill in. */
const MAX_COLUMNS = 10_000

/**
 * A model of tensors as one over a table: an element of a row is a column. Columns of a single input are x1, x2 …, of several
 * inputs `INPUT_1`, `INPUT_2` …; results y1, y2 …, or by the outputs' names. A softmax is a classifier of the classes 0 … K−1.
 */
export function asTable(model: Model): { model: Model; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const isSingle = model.inputs.length === 1
  const inputs = model.inputs.map((input): ModelInput => {
    if (input.features) return input
    const features = featuresOf(model, input.value, isSingle)
    if (!features) diagnostics.push(tensorDiagnostic(model, input.value))
    return features ? { ...input, features } : input
  })
  const outputs = model.outputs.map((output) => (output.columns ? { outputs: [output] } : namedOutputs(model, output)))
  const labels = outputs.flatMap(({ label }) => label ?? [])
  if (labels.length === 0) {
    return { model: { ...model, inputs, outputs: outputs.flatMap((o) => o.outputs) }, diagnostics }
  }
  const types = new Map(model.graph.types)
  for (const {
    outputs: [value = ''],
  } of labels)
    types.set(value, { dtype: 'int64', shape: ['N'] })
  const graph = { ...model.graph, types, nodes: [...model.graph.nodes, ...labels] }
  return { model: { ...model, graph, inputs, outputs: outputs.flatMap((o) => o.outputs) }, diagnostics }
}

/** The number of elements of a row; undefined when it is not fixed. */
function widthOf(type: ValueType | undefined): number | undefined {
  const sizes = type?.shape?.slice(1)
  if (!sizes?.every((size) => typeof size === 'number') || type?.shape?.length === 0) return undefined
  return sizes.reduce((n, size) => n * size, 1)
}

function featuresOf(model: Model, value: string, isSingle: boolean): Feature[] | undefined {
  const type = model.graph.types.get(value)
  const width = widthOf(type)
  if (!type?.dtype || width === undefined || width > MAX_COLUMNS) return undefined
  const dataType = DATA_TYPE[type.dtype] ?? 'integer'
  const kind = dataType === 'string' || dataType === 'boolean' ? 'categorical' : 'continuous'
  const name = (i: number) => (width === 1 ? value : isSingle ? `x${i + 1}` : `${value}_${i + 1}`)
  return Array.from({ length: width }, (_, i) => ({ name: name(i), kind, dataType }))
}

const DATA_TYPE: Readonly<Partial<Record<string, Feature['dataType']>>> = {
  float16: 'float',
  bfloat16: 'float',
  float32: 'float',
  float64: 'double',
  bool: 'boolean',
  string: 'string',
}

function tensorDiagnostic(model: Model, value: string): Diagnostic {
  const width = widthOf(model.graph.types.get(value))
  const why = width === undefined ? 'has no fixed number of elements' : `has ${width} elements`
  return {
    severity: 'blocked',
    code: 'tensor-input',
    message: `PMML has no tensors, only columns of a table, and a row of the input ${value} ${why}`,
    hint: 'Convert to ONNX instead.',
    origin: [],
  }
}

/** An output with names for its columns, after the label of the most probable class where it is a softmax. */
function namedOutputs(model: Model, output: ModelOutput): { outputs: ModelOutput[]; label?: Node } {
  const { graph } = model
  const isOnly = model.outputs.length === 1
  const name = isOnly ? 'y' : output.value
  const width = widthOf(graph.types.get(output.value)) ?? 1
  const made = graph.nodes.find((node) => node.outputs.includes(output.value))
  const axis = Number(made?.attributes.axis ?? -1)
  const isRow = graph.types.get(output.value)?.shape?.length === 2
  if (made?.op !== 'Softmax' || !isRow || (axis !== 1 && axis !== -1) || width < 2) {
    const columns =
      width === 1 ? [name] : Array.from({ length: width }, (_, k) => (isOnly ? `y${k + 1}` : `${name}_${k + 1}`))
    return { outputs: [{ ...output, role: 'value', columns }] }
  }
  const labels = Array.from({ length: width }, (_, k) => k)
  const value = `${output.value} label`
  const label: Node = {
    id: value,
    op: 'ml.label',
    inputs: [output.value],
    outputs: [value],
    attributes: { labels, rule: 'argmax' },
    origin: made.origin,
  }
  const columns = labels.map((k) => (isOnly ? `probability(${k})` : `probability(${name}, ${k})`))
  return {
    outputs: [
      { value, role: 'label', columns: [name], classes: labels, dataType: 'integer' },
      { ...output, role: 'probability', columns, classes: labels },
    ],
    label,
  }
}
