import type { Diagnostic } from '../../../core/diagnostics.ts'
import { type Node, producers } from '../../../core/ir/graph.ts'
import type { Feature, Model, ModelOutput } from '../../../core/ir/model.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import type { WriteOptions } from '../../../core/writer.ts'
import { type Element, el } from './element.ts'
import type { Estimators } from './estimator.ts'
import type { Column, DataType, Field, OpType } from './field.ts'
import { constantElement, indicatorElement } from './indicator.ts'
import { handlesMissingValues } from './missing-values.ts'
import type { ModelSpec, OutputField, Segment, Target } from './segment.ts'
import { UNSUPPORTED_HINT, whyUnsupported } from './unsupported.ts'

/** Thrown inside an emitter after a blocker was recorded; the writer goes on with the next output. */
export class Blocked extends Error {}

/**
 * The columns of a hub operator's first output, in PMML's terms: one per element of a row, so that [N] has one column,
 * [N, C] has C and [N, D, C] has D · C of them. Further outputs are told by `ctx.define`.
 */
export type Emitter = (ctx: PmmlContext, node: Node) => readonly Column[]

/** What an attempt came to. */
export type Attempt<T> = { readonly result: T } | { readonly blockers: readonly Diagnostic[] }

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
  /** What has a model element of its own. */
  readonly estimators: Estimators
  /** Some part of the model is made for missing values. */
  readonly handlesMissing: boolean
  readonly diagnostics: Diagnostic[] = []
  readonly dataFields: DataFieldUse[] = []
  /** DefineFunctions. */
  readonly functions: Element[] = []
  /** DerivedFields in order of definition. */
  readonly derived: Field[] = []
  readonly segments: Segment[] = []
  /** Outputs that PMML has no form for. */
  readonly leftOut = new Set<ModelOutput>()
  readonly #emitters: ReadonlyMap<string, Emitter>
  readonly #producers: Map<string, Node>
  #columns = new Map<string, readonly Column[]>()
  #derivedByKey = new Map<string, Field>()
  /** Fields of columns that were asked for: a large expression is compared with the others once. */
  #fieldOf = new Map<Column, Field>()
  #names = new Set<string>()
  readonly #dataFieldIndex = new Map<Field, number>()
  readonly #constants: ReadonlyMap<string, Tensor>
  readonly #origins = new Map<Field, readonly string[]>()
  #origin: readonly string[] = []

  constructor(
    model: Model,
    options: WriteOptions,
    operators: { readonly emitters: ReadonlyMap<string, Emitter>; readonly estimators: Estimators },
    constants: ReadonlyMap<string, Tensor>,
  ) {
    this.model = model
    this.options = options
    this.estimators = operators.estimators
    this.handlesMissing = handlesMissingValues(model.graph)
    this.#emitters = operators.emitters
    this.#producers = producers(model.graph)
    this.#constants = constants
  }

  /** Declares the graph input's columns as DataFields. */
  addInput(value: string, features: readonly Feature[]): void {
    const columns = features.map((feature): Column => {
      const { kind, dataType } = feature
      const field: Field = { name: this.name(feature.name), dataType, opType: kind, stage: 0 }
      this.#dataFieldIndex.set(field, this.dataFields.length)
      this.dataFields.push({ feature, field, refusesUnknown: false })
      return { kind: 'field', field }
    })
    this.#columns.set(value, columns)
  }

  /** The position of a data field among them; undefined for any other field. */
  dataFieldIndex(field: Field): number | undefined {
    return this.#dataFieldIndex.get(field)
  }

  /** The node that makes a value; undefined for inputs and constants. */
  producer(value: string): Node | undefined {
    return this.#producers.get(value)
  }

  /** A constant with its elements in memory. */
  constant(value: string): Tensor | undefined {
    return this.#constants.get(value)
  }

  /** The type of a value; a shape that nobody knows is none. */
  shape(value: string): ValueType['shape'] {
    return this.model.graph.types.get(value)?.shape ?? null
  }

  /** The columns of a value, in row-major order of a row's elements. Blocks when its operator has no PMML form. */
  columns(value: string): readonly Column[] {
    const known = this.#columns.get(value)
    if (known) return known
    const node = this.#producers.get(value)
    if (!node) return this.block(undefined, 'unsupported-value', `the value ${value} is not made of columns`)
    const emitter = this.#emitters.get(node.op)
    if (!emitter) {
      return this.block(node, 'unsupported-operator', whyUnsupported(node.op))
    }
    const outer = this.#origin
    this.#origin = node.origin
    try {
      this.define(node.outputs[0] ?? '', emitter(this, node))
    } finally {
      this.#origin = outer
    }
    return (
      this.#columns.get(value) ?? this.block(node, 'unsupported-output', `PMML has no form for the output ${value}`)
    )
  }

  /** Tells the columns of a value, where an emitter makes several, or where a model gives them rather than an expression. */
  define(value: string, columns: readonly Column[]): void {
    this.#columns.set(value, columns)
  }

  isDefined(value: string): boolean {
    return this.#columns.has(value)
  }

  /** Runs what may block. When it does, the document is as it was before, and the blockers are the answer. */
  attempt<T>(write: () => T): Attempt<T> {
    const before = {
      diagnostics: this.diagnostics.length,
      derived: this.derived.length,
      functions: this.functions.length,
      segments: this.segments.length,
      columns: new Map(this.#columns),
      derivedByKey: new Map(this.#derivedByKey),
      fieldOf: new Map(this.#fieldOf),
      names: new Set(this.#names),
    }
    try {
      return { result: write() }
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      this.derived.length = before.derived
      this.functions.length = before.functions
      this.segments.length = before.segments
      this.#columns = before.columns
      this.#derivedByKey = before.derivedByKey
      this.#fieldOf = before.fieldOf
      this.#names = before.names
      return { blockers: this.diagnostics.splice(before.diagnostics) }
    }
  }

  /** The columns of all inputs of a node: the table that an estimator sees. */
  table(node: Node): Column[] {
    return node.inputs.flatMap((value) => this.columns(value))
  }

  /** A column as something with a name: expressions and indicators become DerivedFields, equal ones once. */
  field(column: Column, hint?: string): Field {
    if (column.kind === 'field') return column.field
    const known = this.#fieldOf.get(column)
    if (known) return known
    const field = this.#derivedField(column, hint)
    this.#fieldOf.set(column, field)
    return field
  }

  #derivedField(column: Exclude<Column, { kind: 'field' }>, hint?: string): Field {
    switch (column.kind) {
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
        return column.named ? el('FieldRef', { field: this.field(column).name }) : column.expression
      case 'constant':
        return constantElement(column.value, typeof column.value === 'string' ? 'string' : 'double')
      case 'indicator':
        return indicatorElement(column)
    }
  }

  /** The fields that an expression of this column refers to. */
  inputsOf(column: Column): readonly Field[] {
    if (column.kind === 'field' || column.kind === 'indicator') return [column.field]
    if (column.kind === 'constant') return []
    return column.named ? [this.field(column)] : column.inputs
  }

  /** A column that may be referred to many times without being computed as often: an expression becomes a DerivedField. */
  named(column: Column, hint: string): Column {
    return column.kind === 'expression' ? { kind: 'field', field: this.field(column, hint) } : column
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

  /** Defines a function of numbers, given fields and terms; equal ones once. Returns its name. */
  defineFunction(hint: string, parameters: readonly string[], expression: Element): string {
    const same = JSON.stringify(expression)
    const known = this.functions.find((each) => JSON.stringify(each.children.at(-1)) === same)
    if (known) return String(known.attributes.name)
    const name = this.functions.length === 0 ? hint : `${hint}${this.functions.length + 1}`
    const fields = parameters.map((parameter) => el('ParameterField', { name: parameter }))
    this.functions.push(el('DefineFunction', { name, optype: 'continuous', dataType: 'double' }, fields, expression))
    return name
  }

  /** The source nodes that a derived field came from. */
  originOf(field: Field): readonly string[] {
    return this.#origins.get(field) ?? []
  }

  /** Appends a model to the chain. Its outputs are fields from the next stage on. */
  addSegment(spec: ModelSpec, targets: readonly Target[], outputs: readonly OutputField[]): Segment {
    const segment: Segment = { spec, targets, outputs: [...outputs], stage: this.segments.length + 1 }
    this.segments.push(segment)
    return segment
  }

  /** Appends a regression whose prediction is an input of later models. */
  intermediate(spec: ModelSpec, hint: string): Column {
    const name = this.name(hint)
    const segment = this.addSegment(
      spec,
      [],
      [{ name, feature: 'predictedValue', dataType: 'double', opType: 'continuous', final: false }],
    )
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
  block(node: Node | undefined, code: string, message: string, hint = UNSUPPORTED_HINT): never {
    const where = node && (node.label ?? node.id)
    this.diagnostics.push({
      severity: 'blocked',
      code,
      message: where ? `${message} (${where})` : message,
      hint,
      origin: node?.origin ?? [],
      ...(node === undefined ? {} : { operator: node.op }),
    })
    throw new Blocked(message)
  }
}
