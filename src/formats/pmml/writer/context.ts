import type { Diagnostic } from '../../../core/diagnostics.ts'
import { type Node, producers } from '../../../core/ir/graph.ts'
import type { Feature, Model } from '../../../core/ir/model.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { WriteOptions } from '../../../core/writer.ts'
import { type Element, el } from './element.ts'
import { type Column, type DataType, type Field, formatValue, type OpType } from './field.ts'
import type { ModelSpec, OutputField, Segment, Target } from './segment.ts'

/** Thrown inside an emitter after a blocker was recorded; the writer goes on with the next output. */
export class Blocked extends Error {}

/** The columns of one hub operator's output, in PMML's terms. Only [N] and [N, C] values have columns. */
export type Emitter = (ctx: PmmlContext, node: Node) => readonly Column[]

/** What the document will say of an input column besides its name and type. */
export interface DataFieldUse {
  readonly feature: Feature
  readonly field: Field
  /** Some operator refuses values that are not listed. */
  refusesUnknown: boolean
}

/**
 * The state of one PMML document while it is written. Values are asked for on demand, from the outputs backwards:
 * `columns(value)` runs the emitter of the node that makes it, once.
 */
export class PmmlContext {
  readonly model: Model
  readonly options: WriteOptions
  readonly diagnostics: Diagnostic[] = []
  readonly dataFields: DataFieldUse[] = []
  /** DerivedFields in order of definition. */
  readonly derived: Field[] = []
  readonly segments: Segment[] = []
  readonly #emitters: ReadonlyMap<string, Emitter>
  readonly #producers: Map<string, Node>
  readonly #columns = new Map<string, readonly Column[]>()
  readonly #derivedByKey = new Map<string, Field>()
  readonly #names = new Set<string>()
  readonly #constants: ReadonlyMap<string, Tensor>
  readonly #origins = new Map<Field, readonly string[]>()
  #origin: readonly string[] = []

  constructor(
    model: Model,
    options: WriteOptions,
    emitters: ReadonlyMap<string, Emitter>,
    constants: ReadonlyMap<string, Tensor>,
  ) {
    this.model = model
    this.options = options
    this.#emitters = emitters
    this.#producers = producers(model.graph)
    this.#constants = constants
  }

  /** Declares the graph input's columns as DataFields. */
  addInput(value: string, features: readonly Feature[]): void {
    const columns = features.map((feature): Column => {
      const { kind, dataType } = feature
      const field: Field = { name: this.name(feature.name), dataType, opType: kind, stage: 0 }
      this.dataFields.push({ feature, field, refusesUnknown: false })
      return { kind: 'field', field }
    })
    this.#columns.set(value, columns)
  }

  /** The node that makes a value; undefined for inputs and constants. */
  producer(value: string): Node | undefined {
    return this.#producers.get(value)
  }

  /** A constant with its elements in memory. */
  constant(value: string): Tensor | undefined {
    return this.#constants.get(value)
  }

  /** The columns of a value [N] or [N, C]. Blocks when its operator has no PMML form. */
  columns(value: string): readonly Column[] {
    const known = this.#columns.get(value)
    if (known) return known
    const node = this.#producers.get(value)
    if (!node) return this.block(undefined, 'unsupported-value', `the value ${value} is not made of columns`)
    const emitter = this.#emitters.get(node.op)
    if (!emitter) {
      return this.block(
        node,
        'unsupported-operator',
        `PMML has no form for the operator ${node.op}`,
        'Convert to ONNX instead, or replace the layer before training.',
      )
    }
    const outer = this.#origin
    this.#origin = node.origin
    const columns = emitter(this, node)
    this.#origin = outer
    this.#columns.set(value, columns)
    return columns
  }

  /** The columns of all inputs of a node: the table that an estimator sees. */
  table(node: Node): Column[] {
    return node.inputs.flatMap((value) => this.columns(value))
  }

  /** A column as something with a name: expressions and indicators become DerivedFields, equal ones once. */
  field(column: Column, hint?: string): Field {
    switch (column.kind) {
      case 'field':
        return column.field
      case 'expression':
        return this.derive(column.expression, column.inputs, column.dataType, column.name ?? hint)
      case 'indicator':
        return this.derive(this.expression(column), [column.field], 'double', hint)
      case 'constant':
        return this.derive(this.expression(column), [], typeof column.value === 'string' ? 'string' : 'double', hint)
    }
  }

  /** A column as an expression element, without naming it. */
  expression(column: Column): Element {
    switch (column.kind) {
      case 'field':
        return el('FieldRef', { field: column.field.name })
      case 'expression':
        return column.expression
      case 'constant':
        return constantElement(column.value, typeof column.value === 'string' ? 'string' : 'double')
      case 'indicator': {
        const { field, members, missing } = column
        const [first] = members
        if (members.length === 1 && first !== undefined) {
          return el('NormDiscrete', {
            field: field.name,
            value: formatValue(first, field.dataType),
            mapMissingTo: missing ? 1 : 0,
          })
        }
        const isIn = el(
          'Apply',
          { function: 'isIn' },
          el('FieldRef', { field: field.name }),
          members.map((member) => constantElement(member, field.dataType)),
        )
        const tested =
          members.length === 0
            ? constantElement(0, 'double')
            : el('Apply', { function: 'if' }, isIn, constantElement(1, 'double'), constantElement(0, 'double'))
        return el(
          'Apply',
          { function: 'if' },
          el('Apply', { function: 'isMissing' }, el('FieldRef', { field: field.name })),
          constantElement(missing ? 1 : 0, 'double'),
          tested,
        )
      }
    }
  }

  /** The fields that an expression of this column refers to. */
  inputsOf(column: Column): readonly Field[] {
    if (column.kind === 'field' || column.kind === 'indicator') return [column.field]
    return column.kind === 'expression' ? column.inputs : []
  }

  /** Defines a DerivedField, or finds the one with the same definition. */
  derive(expression: Element, inputs: readonly Field[], dataType: DataType, hint = 'derived'): Field {
    const key = `${dataType} ${JSON.stringify(expression)}`
    const known = this.#derivedByKey.get(key)
    if (known) return known
    const opType: OpType = dataType === 'string' || dataType === 'boolean' ? 'categorical' : 'continuous'
    const stage = Math.max(0, ...inputs.map((input) => input.stage))
    const field: Field = { name: this.name(hint), dataType, opType, stage, definition: { expression, inputs } }
    this.#derivedByKey.set(key, field)
    this.derived.push(field)
    this.#origins.set(field, this.#origin)
    return field
  }

  /** The source nodes that a derived field came from. */
  originOf(field: Field): readonly string[] {
    return this.#origins.get(field) ?? []
  }

  /** Appends a model to the chain. Its outputs are fields from the next stage on. */
  addSegment(spec: ModelSpec, target: Target | undefined, outputs: readonly OutputField[]): Segment {
    const segment: Segment = { spec, target, outputs: [...outputs], stage: this.segments.length + 1 }
    this.segments.push(segment)
    return segment
  }

  /** Appends a regression whose prediction is an input of later models. */
  intermediate(spec: ModelSpec, hint: string): Column {
    const name = this.name(hint)
    const segment = this.addSegment(spec, undefined, [
      { name, feature: 'predictedValue', dataType: 'double', opType: 'continuous', final: false },
    ])
    return { kind: 'field', field: { name, dataType: 'double', opType: 'continuous', stage: segment.stage } }
  }

  /** A field name nobody has. */
  name(hint: string): string {
    let name = hint
    for (let n = 2; this.#names.has(name); n++) name = `${hint} (${n})`
    this.#names.add(name)
    return name
  }

  /** Records a blocker and leaves the emitter. */
  block(node: Node | undefined, code: string, message: string, hint?: string): never {
    const where = node && (node.label ?? node.id)
    this.diagnostics.push({
      severity: 'blocked',
      code,
      message: where ? `${message} (${where})` : message,
      ...(hint === undefined ? {} : { hint }),
      origin: node?.origin ?? [],
      ...(node === undefined ? {} : { operator: node.op }),
    })
    throw new Blocked(message)
  }
}

export function constantElement(value: string | number, dataType: DataType): Element {
  return el('Constant', { dataType: dataType === 'float' ? 'double' : dataType }, formatValue(value, dataType))
}
