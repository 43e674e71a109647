import type { PmmlContext } from '../context.ts'
import { type Element, el, lazyElement } from '../element.ts'
import type { Column, Field } from '../field.ts'
import { formatNumber } from '../field.ts'
import { ensureField, nestedMiningSchema } from '../mining-schema.ts'
import { type ModelSpec, rescaleTargets, Scope } from '../segment.ts'
import { regressionOver } from './linear.ts'

/** PMML's ways to make one answer of many, as far as the hub has them. */
export type AggregationMethod = 'sum' | 'average' | 'max' | 'median' | 'weightedMedian'

/** One model of an aggregation. */
export interface Member {
  readonly spec: ModelSpec
  readonly weight?: number
  /** When it counts; always, where absent. */
  readonly predicate?: Predicate
}

export interface Predicate {
  readonly field: Field
  readonly element: Element
}

/** A MiningModel that combines the answers of other models. */
export function aggregation(
  ctx: PmmlContext,
  method: AggregationMethod,
  members: readonly Member[],
  facts: Pick<ModelSpec, 'functionName' | 'origin' | 'rescale' | 'canBeMissing'>,
): ModelSpec {
  const scope = new Scope()
  const segments = members.map(({ spec, weight, predicate }, i) => {
    ensureField(ctx, spec.scope)
    for (const field of spec.scope.fields) scope.use(field)
    if (predicate) scope.use(predicate.field)
    return el(
      'Segment',
      { id: i + 1, weight: weight === undefined ? undefined : formatNumber(weight) },
      predicate?.element ?? el('True'),
      nestedModel(ctx, spec),
    )
  })
  return {
    ...facts,
    element: 'MiningModel',
    attributes: {},
    scope,
    content: [el('Segmentation', { multipleModelMethod: method }, segments)],
  }
}

/** A model inside another one, whose derived fields it shares; made when it is read. */
function nestedModel(ctx: PmmlContext, spec: ModelSpec): Element {
  const { element, functionName, attributes, scope, rescale, content } = spec
  const head = [nestedMiningSchema(ctx, scope), ...(rescale ? [rescaleTargets(rescale)] : [])]
  return lazyElement(element, { functionName, ...attributes }, () => [
    ...head,
    ...(typeof content === 'function' ? content([]) : content),
  ])
}

/** The median of columns; those that are missing do not count. PMML has the function of this name since 4.4.1 only. */
export function medianOf(ctx: PmmlContext, columns: readonly Column[], origin: readonly string[]): Column {
  const members = columns.map((column): Member => {
    const field = ctx.field(column)
    return {
      spec: regressionOver(ctx, origin, { kind: 'field', field }),
      predicate: { field, element: el('SimplePredicate', { field: field.name, operator: 'isNotMissing' }) },
    }
  })
  return ctx.intermediate(aggregation(ctx, 'median', members, { functionName: 'regression', origin }), 'median')
}
