import { PortolanError } from '../../../core/errors.ts'
import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import type { Category, Feature, ModelInput } from '../../../core/ir/model.ts'

/** Thrown when a model that was lowered over one matrix of numbers turns out to read text: lower it column by column. */
export class TextColumnFound extends Error {}

export type FeatureFacts = Partial<Omit<Feature, 'name'>>

/**
 * The model's input columns. A model whose columns have names gets one graph input per column, which appears when an
 * estimator first reads it and so tells whether it is text; a model without names gets one matrix `X` [N, C].
 */
export class InputTable {
  readonly names: readonly string[]
  readonly #builder: GraphBuilder
  readonly #matrix: ValueName | undefined
  readonly #columns = new Map<number, { value: ValueName; isText: boolean }>()
  readonly #facts = new Map<number, FeatureFacts>()

  constructor(builder: GraphBuilder, names: readonly string[], layout: 'matrix' | 'columns') {
    this.#builder = builder
    this.names = names
    this.#matrix =
      layout === 'matrix' ? builder.input('X', { dtype: 'float64', shape: ['N', names.length] }) : undefined
  }

  /** Adds to what is known of a column: an earlier finding stays. */
  declare(index: number, facts: FeatureFacts): void {
    this.#facts.set(index, { ...facts, ...this.#facts.get(index) })
  }

  isText(index: number): boolean | undefined {
    if (this.#matrix !== undefined) return undefined
    const known = this.#columns.get(index)
    if (known) return known.isText
    const { dataType } = this.#facts.get(index) ?? {}
    return dataType === undefined ? undefined : dataType === 'string'
  }

  /** All values of a column, where a domain lists them. */
  valuesOf(index: number): readonly Category[] | undefined {
    const values = this.#facts.get(index)?.values
    return values && values.length > 0 ? values : undefined
  }

  /** The graph's value of a column, which is decided to be text or numbers now, if it was not yet. */
  resolve(index: number, asText: boolean): { value: ValueName; index: number } {
    if (this.#matrix !== undefined) {
      if (asText) throw new TextColumnFound()
      return { value: this.#matrix, index }
    }
    const known = this.#columns.get(index)
    if (known) return { value: known.value, index: 0 }
    const declared = this.#facts.get(index)?.dataType
    const isText = declared === undefined ? asText : declared === 'string'
    const name = this.names[index]
    if (name === undefined) throw new PortolanError('internal', `the model has no input column ${index}`)
    const value = this.#builder.input(this.#builder.freeName(name), {
      dtype: isText ? 'string' : 'float64',
      shape: ['N', 1],
    })
    this.#columns.set(index, { value, isText })
    return { value, index: 0 }
  }

  /** The signature: columns that the model reads, in the order of its table. */
  signature(): ModelInput[] {
    if (this.#matrix !== undefined) {
      return [{ value: this.#matrix, features: this.names.map((name, i) => this.#feature(name, i, false)) }]
    }
    return [...this.#columns]
      .sort(([a], [b]) => a - b)
      .map(([i, { value, isText }]) => ({ value, features: [this.#feature(this.names[i] ?? value, i, isText)] }))
  }

  #feature(name: string, index: number, isText: boolean): Feature {
    const facts = this.#facts.get(index) ?? {}
    const kind = isText ? 'categorical' : 'continuous'
    return { name, kind, ...facts, dataType: isText ? 'string' : (facts.dataType ?? 'double') }
  }
}
