import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Feature, Model, ModelInput } from '../../../core/ir/model.ts'
import type { Dim, ValueType } from '../../../core/ir/types.ts'
import type { WriteOptions } from '../../../core/writer.ts'
import type { GraphEmission } from './emit-context.ts'

/** One input tensor of the hub's model and how it stands at the ONNX model's boundary. */
interface PlannedInput {
  readonly hub: string
  readonly features: readonly Feature[] | undefined
  /** The hub's type, with the batch dimension asked for. */
  readonly type: ValueType
  /** The element type at the boundary; the hub's value is cast from it. */
  readonly dtype: DType | null
}

function withBatch(type: ValueType, batch: number | undefined): ValueType {
  const symbol = type.shape?.[0]
  if (batch === undefined || type.shape === null || typeof symbol === 'number') return type
  const fixed = (d: Dim, i: number): Dim => (i === 0 || (typeof d === 'string' && d === symbol) ? batch : d)
  return { ...type, shape: type.shape.map(fixed) }
}

/** Seconds since 1970 need 31 bits and more; a float32 has 24. Days fit. */
const isMoment = ({ features = [] }: { readonly features?: readonly Feature[] | undefined }): boolean =>
  features.some((feature) => feature.dataType === 'dateTime')

function plan(model: Model, options: WriteOptions, sensitive: ReadonlySet<string>): PlannedInput[] {
  return model.inputs.map((input) => {
    const type = withBatch(model.graph.types.get(input.value) ?? { dtype: null, shape: null }, options.batch)
    const isColumns = input.features !== undefined && type.dtype === 'float64'
    const isExact = sensitive.has(input.value) || isMoment(input)
    const narrow = isColumns && (options.precision ?? 'float') === 'float' && !isExact
    return { hub: input.value, features: input.features, type, dtype: narrow ? 'float32' : type.dtype }
  })
}

/** Declares graph inputs under legal, unique and possibly new names. */
class InputDeclarations {
  readonly declared: ModelInput[] = []
  readonly #graph: GraphBuilder
  readonly #rename: Readonly<Record<string, string>>

  constructor(graph: GraphBuilder, rename: Readonly<Record<string, string>>) {
    this.#graph = graph
    this.#rename = rename
  }

  declare(name: string, type: ValueType, features: readonly Feature[] | undefined): ValueName {
    const wanted = (Object.hasOwn(this.#rename, name) ? this.#rename[name] : name) || 'input'
    const value = this.#graph.input(this.#graph.freeName(wanted), type)
    this.declared.push({ value, ...(features === undefined ? {} : { features }) })
    return value
  }
}

/** The columns of a table as one input each. */
function declareColumns(
  input: PlannedInput,
  features: readonly Feature[],
  to: InputDeclarations,
  graph: GraphBuilder,
): ValueName {
  const rows = input.type.shape?.[0] ?? null
  const columns = features.map((feature) =>
    to.declare(feature.name, { dtype: input.dtype, shape: [rows, 1] }, [feature]),
  )
  return columns.length === 1 ? (columns[0] as ValueName) : graph.op('Concat', columns, { axis: 1 })
}

/** Several tables of one element type as one matrix; gives each its columns of it. */
function declareMatrix(
  name: string,
  inputs: readonly PlannedInput[],
  to: InputDeclarations,
  graph: GraphBuilder,
): ValueName[] {
  const features = inputs.flatMap((input) => input.features ?? [])
  const widths = inputs.map((input) => input.features?.length ?? 0)
  const [first] = inputs
  const rows = first?.type.shape?.[0] ?? null
  const matrix = to.declare(name, { dtype: first?.dtype ?? null, shape: [rows, features.length] }, features)
  if (inputs.length === 1) return [matrix]
  return graph.ops('Split', [matrix, graph.int64(widths)], { axis: 1 }, { outputs: inputs.length })
}

/** Tables of more than one column are what 'columns' and 'matrix' are about; a plain tensor stays as it is. */
function layOut(
  planned: readonly PlannedInput[],
  options: WriteOptions,
  to: InputDeclarations,
  graph: GraphBuilder,
): ValueName[] {
  const values = new Map<PlannedInput, ValueName>()
  if (options.inputs === 'matrix') {
    const tables = planned.filter((input) => input.features !== undefined)
    for (const dtype of new Set(tables.map((input) => input.dtype))) {
      const inputs = tables.filter((input) => input.dtype === dtype)
      const name = dtype === 'string' && inputs.length < tables.length ? 'X_text' : 'X'
      const parts = declareMatrix(name, inputs, to, graph)
      for (const [i, input] of inputs.entries()) values.set(input, parts[i] as ValueName)
    }
  }
  return planned.map((input) => {
    const known = values.get(input)
    if (known !== undefined) return known
    if (input.features && input.features.length > 1 && options.inputs === 'columns') {
      return declareColumns(input, input.features, to, graph)
    }
    return to.declare(input.hub, { dtype: input.dtype, shape: input.type.shape }, input.features)
  })
}

/**
 * Declares the ONNX graph's inputs and binds the hub's inputs to them: element types by precision (`sensitive` inputs stay
 * double), tables as columns or matrices, the batch dimension, names. Returns the inputs as the file declares them.
 */
export function bindInputs(
  model: Model,
  options: WriteOptions,
  sensitive: ReadonlySet<string>,
  emission: GraphEmission,
): ModelInput[] {
  const planned = plan(model, options, sensitive)
  const declarations = new InputDeclarations(emission.graph, options.rename ?? {})
  const values = layOut(planned, options, declarations, emission.graph)
  for (const [i, input] of planned.entries()) {
    const value = values[i] as ValueName
    emission.bind(input.hub, input.type.dtype === null ? value : emission.cast(value, input.type.dtype))
  }
  if ((options.precision ?? 'float') === 'float') noteDoubles(planned, emission)
  return declarations.declared
}

/** Says which inputs stay double although single precision was asked for, and why. */
function noteDoubles(planned: readonly PlannedInput[], emission: GraphEmission): void {
  const kept = planned.filter((input) => input.features && input.dtype === 'float64')
  for (const [inputs, reason] of [
    [
      kept.filter((input) => !isMoment(input)),
      'rounded to float32, a value next to a threshold could take another branch',
    ],
    [kept.filter(isMoment), 'float32 tells moments apart only by a minute or two'],
  ] as const) {
    if (inputs.length === 0) continue
    const who = inputs.length === 1 ? `the input ${inputs[0]?.hub} stays` : `${inputs.length} inputs stay`
    emission.note('info', 'double-inputs', `${who} float64: ${reason}`)
  }
}
