import type { GraphBuilder, ValueName } from '../../../../core/ir/builder.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { type Expression, number } from '../../../../core/ops/ml/expression.ts'
import { buildEnsemble, type EnsemblePlan } from '../models/trees/ensemble-plan.ts'
import {
  type ColumnSource,
  type Formula,
  formulaKey,
  formulaOf,
  plainSource,
  sourceKey,
  withColumns,
} from './formula.ts'

/** A table of hub values. */
export interface Table {
  readonly inputs: readonly ValueName[]
  /** Where each of the requested formulas is, counting columns through the inputs. */
  readonly index: readonly number[]
  /** Columns of all inputs together. */
  readonly width: number
}

/** One or several columns that become hub values together. */
interface Part {
  readonly keys: readonly string[]
  emit(): readonly ValueName[]
}

/** Makes hub values of formulas, each once, those of one kind together. */
export class Tables {
  readonly #hub: GraphBuilder
  readonly #anyInput: () => ValueName
  readonly #emitted = new Map<string, readonly ValueName[]>()

  /** `anyInput` is read by columns that depend on nothing: it says how many rows there are. */
  constructor(hub: GraphBuilder, anyInput: () => ValueName) {
    this.#hub = hub
    this.#anyInput = anyInput
  }

  /** The table of these columns and no others; equal formulas share a column. */
  table(formulas: readonly Formula[]): Table {
    const unique = new Map<string, Formula>()
    for (const formula of formulas) unique.set(formulaKey(formula), formula)
    const position = new Map<string, number>()
    const inputs: ValueName[] = []
    for (const part of this.#parts(unique)) {
      for (const key of part.keys) position.set(key, position.size)
      inputs.push(...part.emit())
    }
    return { inputs, index: formulas.map((f) => position.get(formulaKey(f)) as number), width: position.size }
  }

  /** Some table with as many rows as there are, for what depends on no column. */
  anyColumn(): readonly ValueName[] {
    return [this.#anyInput()]
  }

  /** As anyColumn, with a column of numbers at least. */
  anyNumbers(): readonly ValueName[] {
    const table = this.#anyInput()
    const { dtype, shape } = this.#hub.type(table)
    const hasNumbers = dtype !== 'string' && shape?.[1] !== 0
    return [hasNumbers ? table : this.value({ expression: number(0), sources: [], isText: false })]
  }

  /** The formula as a hub value [N, 1]. */
  value(formula: Formula): ValueName {
    return this.table([formula]).inputs[0] as ValueName
  }

  /** The formulas as one hub value [N, K], in this order. */
  matrix(formulas: readonly Formula[]): ValueName {
    const { inputs, index, width } = this.table(formulas)
    const joined = inputs.length === 1 ? (inputs[0] as ValueName) : this.#joined(inputs)
    const inOrder = width === index.length && index.every((at, i) => at === i)
    return inOrder ? joined : this.#hub.op('Gather', [joined, this.#hub.int64(index)], { axis: 1 })
  }

  /** Blocks of columns side by side: those of unlike element types (a field rounded to float32 beside a formula) in float64. */
  #joined(inputs: readonly ValueName[]): ValueName {
    const types = inputs.map((input) => this.#hub.type(input).dtype)
    const areAlike = types.every((dtype) => dtype === types[0])
    const alike = inputs.map((input, i) =>
      areAlike || types[i] === 'float64' ? input : this.#hub.op('Cast', [input], { to: 'float64' }),
    )
    return this.#hub.op('Concat', alike, { axis: 1 })
  }

  #parts(unique: ReadonlyMap<string, Formula>): Part[] {
    const groups = new Map<string, [string, Formula][]>()
    for (const [key, formula] of unique) {
      const group = groupKey(formula)
      const members = groups.get(group)
      if (members) members.push([key, formula])
      else groups.set(group, [[key, formula]])
    }
    return [...groups.values()].map((members) => this.#part(members))
  }

  #part(members: readonly [string, Formula][]): Part {
    const keys = members.map(([key]) => key)
    const formulas = members.map(([, formula]) => formula)
    const [first] = formulas as [Formula, ...Formula[]]
    return { keys, emit: () => this.#once(keys.join('\n'), () => this.#emit(first, formulas)) }
  }

  #once(key: string, emit: () => readonly ValueName[]): readonly ValueName[] {
    const known = this.#emitted.get(key) ?? emit()
    this.#emitted.set(key, known)
    return known
  }

  #emit(first: Formula, formulas: readonly Formula[]): readonly ValueName[] {
    const source = plainSource(first)
    if (first.indicator !== undefined) return [this.#oneHot(formulas)]
    if (source === undefined) return [this.#expressions(formulas)]
    const sources = formulas.map((formula) => plainSource(formula) as ColumnSource)
    switch (source.kind) {
      case 'value':
        return [this.#columns(sources as Extract<ColumnSource, { kind: 'value' }>[])]
      case 'term':
        return [this.#tokenCounts(sources as Extract<ColumnSource, { kind: 'term' }>[])]
      case 'ensemble':
        return [this.#ensemble(sources.map((s) => (s as Extract<ColumnSource, { kind: 'ensemble' }>).ensemble))]
    }
  }

  /** Some columns of a hub value; the value itself when these are all of them. */
  #columns(sources: readonly Extract<ColumnSource, { kind: 'value' }>[]): ValueName {
    const [{ value, width }] = sources as [Extract<ColumnSource, { kind: 'value' }>]
    if (sources.length === width && sources.every(({ index }, i) => index === i)) return value
    return this.#hub.op('Gather', [value, this.#hub.int64(sources.map(({ index }) => index))], { axis: 1 })
  }

  #oneHot(formulas: readonly Formula[]): ValueName {
    const [first] = formulas as [Formula, ...Formula[]]
    const encoding = {
      keys: formulas.map((formula) => formula.indicator as Category),
      slots: formulas.map((_, i) => i),
      size: formulas.length,
      unknownSlot: -1,
      missingSlot: -1,
    }
    return this.#hub.ml('ml.oneHot', [this.value(formulaOf(first.sources[0] as ColumnSource))], {
      encodings: [encoding],
    })
  }

  #tokenCounts(sources: readonly Extract<ColumnSource, { kind: 'term' }>[]): ValueName {
    const [{ text, tokenization }] = sources as [Extract<ColumnSource, { kind: 'term' }>]
    const vocabulary = sources.map(({ term }) => term)
    const lengths = vocabulary.map((term) => term.split(' ').length)
    const ngramRange = [Math.min(...lengths), Math.max(...lengths)] as const
    return this.#hub.ml('ml.tokenCounts', [text], { ...tokenization, vocabulary, ngramRange })
  }

  #ensemble(plans: readonly EnsemblePlan[]): ValueName {
    return buildEnsemble(this.#hub, this, plans)
  }

  #expressions(formulas: readonly Formula[]): ValueName {
    const [{ isText }] = formulas as [Formula]
    const sources = inSettledOrder(formulas.flatMap((formula) => formula.sources))
    const table = this.table(sources.map((source) => formulaOf(source)))
    const position = new Map(sources.map((source, i) => [sourceKey(source), table.index[i] as number]))
    const expressions: Expression[] = formulas.map(({ expression, sources: own }) =>
      withColumns(expression, (i) => position.get(sourceKey(own[i] as ColumnSource)) as number),
    )
    const inputs = table.inputs.length > 0 ? table.inputs : this.anyColumn()
    return this.#hub.ml('ml.expression', inputs, { expressions, type: isText ? 'string' : 'number' })
  }
}

/** Terms last and sorted, so that expressions over the same terms share one count of them, whichever each names first. */
function inSettledOrder(sources: readonly ColumnSource[]): ColumnSource[] {
  const terms = sources.filter((source) => source.kind === 'term')
  const sorted = terms.toSorted((a, b) => (a.term < b.term ? -1 : a.term > b.term ? 1 : 0))
  return [...sources.filter((source) => source.kind !== 'term'), ...sorted]
}

/** Formulas of one group become one hub value. */
function groupKey(formula: Formula): string {
  if (formula.indicator !== undefined) return `indicator ${sourceKey(formula.sources[0] as ColumnSource)}`
  const source = plainSource(formula)
  if (source === undefined) return formula.isText ? 'text' : 'numbers'
  if (source.kind === 'value') return `value ${source.value}`
  if (source.kind === 'term') return `term ${source.text} ${JSON.stringify(source.tokenization)}`
  return source.ensemble.aggregate === 'sum' ? 'ensemble sum' : `ensemble ${source.ensemble.id}`
}
