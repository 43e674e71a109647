import type { ValueName } from '../../../../core/ir/builder.ts'
import type { ModelOutput, OutputRole } from '../../../../core/ir/model.ts'
import { Blocked, block } from '../blocked.ts'
import type { LowerContext } from '../context.ts'
import { attribute } from '../elements.ts'
import { parseValue } from '../fields/data-type.ts'
import type { Field } from '../fields/field.ts'
import type { ModelResult, OutputEntry, Prediction, TargetPrediction } from '../models/prediction.ts'

/**
 * What the document's model answers, named as the document names it: the target fields, then the final output fields. A
 * prediction without a target field is called `cluster`, or `y`. A classification without probabilities among its outputs
 * gets `probability(LABEL)` for each class.
 */
export function modelOutputs(ctx: LowerContext, { predictions, outputs }: ModelResult): ModelOutput[] {
  const collected = new OutputCollector(ctx)
  const predicted = new Set(predictions.map(({ target }) => target.name))
  const final = outputs.filter(({ isFinal, name }) => isFinal && !predicted.has(name))
  for (const earlier of earlierTargets(final)) collected.target(earlier, nameOf(earlier))
  for (const [i, each] of predictions.entries()) {
    const name = nameOf(each, predictions.length > 1 ? `${i + 1}` : '')
    if (each.target.name !== undefined || isWorthTelling(each, name, final)) collected.target(each, name)
  }
  const groups = groupProbabilities(final)
  for (const group of groups) {
    if (group.length > 1) collected.probabilities(group)
    else for (const entry of group) collected.entry(entry)
  }
  const [only] = predictions
  const hasProbabilities = final.some(
    ({ feature, of }) => feature === 'probability' && of?.prediction === only?.prediction,
  )
  if (only && predictions.length === 1 && !hasProbabilities) collected.allProbabilities(only.prediction)
  if (collected.outputs.length === 0) block(ctx.document.model, 'it predicts no field, and has no output')
  return collected.outputs
}

const nameOf = ({ target, prediction }: TargetPrediction, place = ''): string =>
  target.name ?? (prediction.kind === 'clusters' ? 'cluster' : `y${place}`)

/** A prediction that has no name in the document, beside what has one: not where that takes its name, nor a mere constant. */
function isWorthTelling({ prediction }: TargetPrediction, name: string, final: readonly OutputEntry[]): boolean {
  const isConstant = prediction.kind === 'value' && prediction.formula.expression.kind === 'constant'
  return final.every((entry) => entry.name !== name) && !(isConstant && final.length > 0)
}

/** Targets of earlier models of a chain, which output fields of their names hand on. */
function earlierTargets(final: readonly OutputEntry[]): Iterable<TargetPrediction> {
  const targets = new Map<string, TargetPrediction>()
  for (const { name, feature, of } of final) {
    if (feature === 'predictedValue' && of?.target.name === name) targets.set(name, of)
  }
  return targets.values()
}

/** Probabilities of all classes of one prediction belong together, in the order of its labels. */
function groupProbabilities(entries: readonly OutputEntry[]): OutputEntry[][] {
  const groups: OutputEntry[][] = []
  const taken = new Set<OutputEntry>()
  for (const entry of entries) {
    if (taken.has(entry)) continue
    const group = completeGroup(entry, entries)
    for (const each of group) taken.add(each)
    groups.push(group)
  }
  return groups
}

function completeGroup(entry: OutputEntry, entries: readonly OutputEntry[]): OutputEntry[] {
  const prediction = entry.of?.prediction
  if (entry.feature !== 'probability' || prediction?.kind !== 'classes' || !prediction.scores) return [entry]
  const all = prediction.labels.map((label) =>
    entries.find(({ feature, of, element }) => {
      const value = attribute(element, 'value')
      const isOne = feature === 'probability' && of?.prediction === prediction && value !== undefined
      return isOne && String(parseValue(value, prediction.dataType)) === String(label)
    }),
  )
  return all.every((each) => each !== undefined) && all.includes(entry) ? all : [entry]
}

const ROLES: Readonly<Record<string, OutputRole>> = {
  predictedValue: 'other',
  probability: 'probability',
  confidence: 'confidence',
  affinity: 'affinity',
  clusterAffinity: 'affinity',
  entityAffinity: 'affinity',
}

class OutputCollector {
  readonly outputs: ModelOutput[] = []
  readonly #ctx: LowerContext
  readonly #taken = new Set<ValueName>()
  readonly #columns = new Set<string>()

  constructor(ctx: LowerContext) {
    this.#ctx = ctx
  }

  target({ prediction }: TargetPrediction, name: string): void {
    switch (prediction.kind) {
      case 'value':
        return this.#add({ value: this.#ctx.tables.value(prediction.formula), role: 'value', columns: [name] })
      case 'classes':
        return this.#add({
          value: prediction.label(),
          role: 'label',
          columns: [name],
          classes: prediction.labels,
          dataType: prediction.dataType,
        })
      case 'clusters':
        return this.#add({
          value: prediction.label(),
          role: 'cluster',
          columns: [name],
          classes: prediction.ids,
          dataType: 'string',
        })
      case 'neighbors':
        return
    }
  }

  probabilities(group: readonly OutputEntry[]): void {
    const prediction = group[0]?.of?.prediction
    if (prediction?.kind !== 'classes' || !prediction.scores) return
    const columns = group.map(({ name }) => name)
    this.#add({ value: prediction.scores(), role: 'probability', columns, classes: prediction.labels })
  }

  allProbabilities(prediction: Prediction): void {
    if (prediction.kind !== 'classes' || !prediction.scores) return
    const columns = prediction.names.map((name) => `probability(${name})`)
    // Transformed outputs may have these names already.
    if (columns.some((column) => this.#columns.has(column))) return
    // What the document itself says under these names goes before what its last model would say.
    if (columns.some((name) => this.#columns.has(name))) return
    this.#add({ value: prediction.scores(), role: 'probability', columns, classes: prediction.labels })
  }

  /** An output that has no hub form is left out: the prediction is there all the same. */
  entry(entry: OutputEntry): void {
    const { name, feature } = entry
    if (this.#columns.has(name)) return
    const prediction = entry.of?.prediction
    if (feature === 'predictedValue' && prediction?.kind === 'classes') {
      const { labels: classes, dataType } = prediction
      return this.#add({ value: prediction.label(), role: 'label', columns: [name], classes, dataType })
    }
    const field = this.#fieldOf(entry)
    if (!field) return
    const { formula, dataType } = field
    this.#add({
      value: this.#ctx.tables.value(formula),
      role: ROLES[feature] ?? 'other',
      columns: [name],
      ...(dataType === 'double' ? {} : { dataType }),
    })
  }

  #fieldOf({ name, element, field }: OutputEntry): Field | undefined {
    try {
      return field()
    } catch (error) {
      if (!(error instanceof Blocked) || error.element !== element) throw error
      this.#ctx.note('lossy', 'output-left-out', `The output ${name} is left out: ${error.message}`, element)
      return undefined
    }
  }

  /** Every output is a value of its own. */
  #add(output: ModelOutput): void {
    const { value } = output
    const isOwn = !this.#taken.has(value) && !this.#ctx.isInput(value)
    const own = isOwn ? value : this.#ctx.hub.op('Identity', [value])
    this.#taken.add(own)
    for (const column of output.columns ?? []) this.#columns.add(column)
    this.outputs.push({ ...output, value: own })
  }
}
