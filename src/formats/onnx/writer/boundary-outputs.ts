import type { ValueName } from '../../../core/ir/builder.ts'
import type { Category, Model, ModelOutput } from '../../../core/ir/model.ts'
import type { WriteOptions } from '../../../core/writer.ts'
import type { GraphEmission } from './emit-context.ts'

/** What runtimes and their users are used to find: scikit-learn's converter calls them so. */
const USUAL_NAMES: Partial<Record<ModelOutput['role'], string>> = { label: 'label', probability: 'probabilities' }

function wantedName(output: ModelOutput, model: Model, rename: Readonly<Record<string, string>>): string {
  const alone = model.outputs.filter((other) => other.role === output.role).length === 1
  const usual = output.columns && alone ? USUAL_NAMES[output.role] : undefined
  const name = usual ?? output.value
  return (Object.hasOwn(rename, name) ? rename[name] : rename[output.value]) || name
}

/** The class labels as ZipMap's attribute, or nothing when it has no type for them. */
function zipMapLabels(classes: readonly Category[]): Record<string, unknown> | undefined {
  if (classes.every((label) => typeof label === 'string')) return { classlabels_strings: classes }
  if (classes.every((label) => Number.isSafeInteger(label))) return { classlabels_int64s: classes }
  return undefined
}

function outputValue(output: ModelOutput, model: Model, options: WriteOptions, emission: GraphEmission): ValueName {
  const value = emission.value(output.value)
  const isTable = output.columns !== undefined || model.inputs.some((input) => input.features !== undefined)
  const isFloat64 = emission.graph.type(value).dtype === 'float64'
  const narrow = isTable && isFloat64 && output.role !== 'label' && emission.precision === 'float'
  if (options.probabilities === 'zipmap' && output.role === 'probability' && output.classes) {
    const labels = zipMapLabels(output.classes)
    if (labels) return emission.graph.op('ai.onnx.ml.ZipMap', [emission.cast(value, 'float32')], labels)
    emission.note(
      'info',
      'no-zipmap',
      'the probabilities stay a tensor: ONNX has no map whose keys are fractions',
      'Convert without the ZipMap option.',
    )
  }
  return narrow ? emission.cast(value, 'float32') : value
}

export interface BoundOutputs {
  /** The values to build the graph with. */
  readonly values: readonly ValueName[]
  /** The outputs under the names that the file declares. */
  readonly declared: readonly ModelOutput[]
}

/**
 * Finishes the ONNX graph's outputs: element types by precision, ZipMap, and names that are legal, unique and usual.
 * Each value is made by a node of its own, as ONNX demands. Outputs whose nodes were blocked are left out.
 */
export function bindOutputs(model: Model, options: WriteOptions, emission: GraphEmission): BoundOutputs {
  const outputs = model.outputs.filter((output) => emission.has(output.value))
  const wanted = outputs.map((output) => outputValue(output, model, options, emission))
  const { nodes, inputs } = emission.graph.build([])
  const made = new Set(nodes.flatMap((node) => node.outputs))
  const values = wanted.map((value, i) =>
    made.has(value) && wanted.indexOf(value) === i ? value : emission.graph.op('Identity', [value]),
  )
  const names = new Set(inputs)
  const declared = outputs.map((output) => {
    const hint = wantedName(output, model, options.rename ?? {})
    let name = hint
    for (let n = 1; names.has(name); n++) name = `${hint}_${n}`
    names.add(name)
    return { ...output, value: name }
  })
  return { values, declared }
}
