import type { Diagnostic } from '../../../core/diagnostics.ts'
import { PortolanError, UnsupportedError } from '../../../core/errors.ts'
import type { LoweringFacts } from '../../../core/format.ts'
import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { MlOp } from '../../../core/ops/ml/attributes.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { isOwnClass, operatorOf } from '../class-names.ts'
import { type Column, type Columns, columnsOf } from './columns.ts'
import type { InputTable } from './input-table.ts'
import type { ExtraOutput, Prediction } from './prediction.ts'

/** The hub's tensor operators that lowerings use, and the `ml.*` family. */
export type HubOp =
  | MlOp
  | 'Gather'
  | 'Concat'
  | 'Cast'
  | 'Relu'
  | 'Tanh'
  | 'Sigmoid'
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Equal'
  | 'Where'
  | 'Reshape'
  | 'Unsqueeze'
  | 'ReduceSum'
  | 'ReduceMean'
  | 'ReduceMax'
  | 'ReduceL1'
  | 'ReduceL2'
  | 'Abs'
  | 'IsNaN'
  | 'IsInf'
  | 'Greater'
  | 'Identity'

/** How one estimator class becomes hub operators. */
export interface EstimatorLowering extends LoweringFacts {
  /** `sklearn.StandardScaler`: the package and the class, wherever in the package it lives. */
  readonly operator: string
  readonly produces: readonly HubOp[]
  readonly transform?: (ctx: LoweringContext, estimator: PyView, columns: Columns) => Columns
  readonly predict?: (ctx: LoweringContext, estimator: PyView, columns: Columns) => Prediction
}

/** The reasons why a part of the model can not be lowered, already told as diagnostics. */
export class Blocked extends Error {}

export interface ContextParts {
  readonly builder: GraphBuilder
  readonly inputs: InputTable
  readonly lowerings: ReadonlyMap<string, EstimatorLowering>
  /** The source node of an estimator. */
  readonly nodeOf: (estimator: PyView) => string | undefined
}

function unknownEstimator(estimator: PyView): UnsupportedError {
  const { className } = estimator
  if (estimator.isKind('object') && isOwnClass(estimator)) {
    return new UnsupportedError(`${className} is a class of your own, whose code is not in the file`, {
      hint: 'If it computes what the class that it extends does, say so before saving: estimator.pmml_base_class_ = StandardScaler.',
    })
  }
  return new UnsupportedError(`${className || estimator.path} can not be converted yet`, {
    hint: 'Replace this step, or leave it out of the pipeline and do it before.',
  })
}

/** What a lowering works with: the graph being built, the model's input columns, and the way to lower other estimators. */
export class LoweringContext {
  readonly builder: GraphBuilder
  readonly inputs: InputTable
  readonly diagnostics: Diagnostic[] = []
  readonly extraOutputs: ExtraOutput[] = []
  readonly #lowerings: ReadonlyMap<string, EstimatorLowering>
  readonly #nodeOf: (estimator: PyView) => string | undefined
  readonly #moved = new Map<string, ValueName>()
  readonly #memories = new Map<unknown, Map<string, Column>>()

  constructor(parts: ContextParts) {
    this.builder = parts.builder
    this.inputs = parts.inputs
    this.#lowerings = parts.lowerings
    this.#nodeOf = parts.nodeOf
  }

  /** The table after a transformer. */
  transform(estimator: PyView, columns: Columns): Columns {
    if (estimator.isNone || estimator.value === 'passthrough') return columns
    return this.#lower(estimator, (row) => {
      if (row.transform) return row.transform(this, estimator, columns)
      throw new UnsupportedError(`${estimator.className} is used as a transformer, which Portolan can not convert`)
    })
  }

  /** The predictions of an estimator. */
  predict(estimator: PyView, columns: Columns): Prediction {
    return this.#lower(estimator, (row) => {
      if (row.predict) return row.predict(this, estimator, columns)
      throw new UnsupportedError(`${estimator.className} has no predictions that Portolan can convert`)
    })
  }

  canPredict(estimator: PyView): boolean {
    return this.#lowerings.get(operatorOf(estimator))?.predict !== undefined
  }

  canTransform(estimator: PyView): boolean {
    return this.#lowerings.get(operatorOf(estimator))?.transform !== undefined
  }

  /** Lowers each item, so that the reasons against all of them are told, not only against the first. Throws Blocked. */
  each<T, R>(items: readonly T[], lower: (item: T, index: number) => R): R[] {
    const results: R[] = []
    let blocked: Blocked | undefined
    for (const [i, item] of items.entries()) {
      try {
        results.push(lower(item, i))
      } catch (error) {
        if (!(error instanceof Blocked)) throw error
        blocked = error
      }
    }
    if (blocked) throw blocked
    return results
  }

  #lower<T>(estimator: PyView, run: (row: EstimatorLowering) => T): T {
    const operator = operatorOf(estimator)
    const id = this.#nodeOf(estimator)
    const within = <R>(fn: () => R): R => (id === undefined ? fn() : this.builder.at(id, fn))
    return within(() => {
      try {
        const row = this.#lowerings.get(operator)
        if (row) return run(row)
        throw unknownEstimator(estimator)
      } catch (error) {
        if (!(error instanceof PortolanError) || error.code !== 'unsupported') throw error
        this.diagnostics.push({
          severity: 'blocked',
          code: this.#lowerings.has(operator) ? 'unsupported-setting' : 'unsupported-operator',
          message: `${id ?? estimator.path}: ${error.message}`,
          hint: error.hint ?? 'Train the estimator with another setting.',
          origin: this.builder.origin,
          operator,
        })
        throw new Blocked(error.message)
      }
    })
  }

  /** What steps keep for later ones in one of sklearn2pmml's Memory objects, by name. */
  memory(of: PyView): Map<string, Column> {
    const known = this.#memories.get(of.value)
    if (known) return known
    const made = new Map<string, Column>()
    this.#memories.set(of.value, made)
    return made
  }

  // Moving columns: each distinct result is made once.

  /** Columns of a value, the value itself when they are all of them in order. */
  gather(value: ValueName, indices: readonly number[]): ValueName {
    const width = this.builder.type(value).shape?.[1]
    if (indices.length === width && indices.every((index, i) => index === i)) return value
    return this.#once(`gather/${value}/${indices.join()}`, () =>
      this.builder.op('Gather', [value, this.builder.int64(indices)], { axis: 1 }),
    )
  }

  cast(value: ValueName, to: DType): ValueName {
    if (this.builder.type(value).dtype === to) return value
    return this.#once(`cast/${value}/${to}`, () => this.builder.op('Cast', [value], { to }))
  }

  concat(values: readonly ValueName[]): ValueName {
    const [only] = values
    if (values.length === 1 && only !== undefined) return only
    return this.#once(`concat/${values.join('/')}`, () => this.builder.op('Concat', values, { axis: 1 }))
  }

  #once(key: string, make: () => ValueName): ValueName {
    const known = this.#moved.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#moved.set(key, made)
    return made
  }

  /** A one-column view of a value [N, 1]. */
  column(value: ValueName, index = 0): Column {
    return columnsOf(this, value)[index] as Column
  }
}
