import type { Category } from '../../../../../core/ir/model.ts'
import { SPLIT, type SplitMode } from '../../../../../core/ops/ml/tree-ensemble.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { type Formula, formulaKey } from '../../columns/formula.ts'
import type { LowerContext } from '../../context.ts'
import { attribute, requireAttribute } from '../../elements.ts'
import type { Field } from '../../fields/field.ts'
import type { Scope } from '../../fields/scope.ts'
import {
  comparedSet,
  comparedValue,
  comparesOrder,
  isPredicate,
  operatorOf,
  predicateFormula,
  rankOf,
} from '../../predicates/predicate.ts'

/** A predicate as a tree's split: one column, one comparison. */
export interface NodeTest {
  readonly column: Formula
  readonly mode: Exclude<SplitMode, 0>
  readonly threshold?: number
  readonly set?: readonly Category[]
  /** The predicate holds where the comparison does not. */
  readonly negated: boolean
  /** The predicate where the column is missing. */
  readonly whenMissing: boolean | 'unknown'
  /** The predicates of a surrogate. */
  readonly surrogates?: readonly NodeTest[]
  /** All values that the column can have, where they are known. */
  readonly domain?: readonly Category[]
}

/** A predicate: always the same, or a test. */
export type NodePredicate = boolean | NodeTest

const MODES = {
  equal: SPLIT.equal,
  notEqual: SPLIT.notEqual,
  lessThan: SPLIT.less,
  lessOrEqual: SPLIT.lessOrEqual,
  greaterThan: SPLIT.greater,
  greaterOrEqual: SPLIT.greaterOrEqual,
} as const

export function nodePredicate(ctx: LowerContext, scope: Scope, element: XmlElement | undefined): NodePredicate {
  if (!element) return true
  switch (element.name) {
    case 'True':
      return true
    case 'False':
      return false
    case 'SimplePredicate':
      return simpleTest(scope, element)
    case 'SimpleSetPredicate':
      return setTest(scope, element)
    default:
      return compoundTest(ctx, scope, element)
  }
}

function simpleTest(scope: Scope, element: XmlElement): NodePredicate {
  const field = scope.field(requireAttribute(element, 'field'))
  const operator = operatorOf(element)
  if (operator === 'isMissing' || operator === 'isNotMissing') {
    const negated = operator === 'isNotMissing'
    return { column: field.formula, mode: SPLIT.in, set: [], negated, whenMissing: !negated }
  }
  const mode = MODES[operator as keyof typeof MODES]
  const value = comparedValue(element, field)
  const common = { mode, negated: false, whenMissing: 'unknown' } as const
  if (comparesOrder(element, field)) {
    const { formula, rank } = rankOf(element, field)
    return { ...common, column: formula, threshold: rank(value) }
  }
  if (field.formula.isText) return { ...common, column: field.formula, set: [value], ...domainOf(field) }
  return { ...common, column: field.formula, threshold: Number(value) }
}

function setTest(scope: Scope, element: XmlElement): NodePredicate {
  const field = scope.field(requireAttribute(element, 'field'))
  const negated = attribute(element, 'booleanOperator') === 'isNotIn'
  const set = comparedSet(element, field)
  return { column: field.formula, mode: SPLIT.in, set, negated, whenMissing: 'unknown', ...domainOf(field) }
}

const domainOf = (field: Field): { domain?: readonly Category[] } =>
  field.values && !field.admitsInvalid ? { domain: field.values } : {}

function compoundTest(ctx: LowerContext, scope: Scope, element: XmlElement): NodePredicate {
  const operator = attribute(element, 'booleanOperator')
  const parts = element.children.filter(isPredicate)
  if (operator === 'and' || operator === 'or') {
    const folded = foldedTest(
      parts.map((part) => nodePredicate(ctx, scope, part)),
      operator,
    )
    if (folded !== undefined) return folded
  }
  const surrogates =
    operator === 'surrogate'
      ? parts.map((part) => nodePredicate(ctx, scope, part)).filter((part) => typeof part !== 'boolean')
      : undefined
  return {
    column: predicateFormula(ctx, scope, element),
    mode: SPLIT.greaterOrEqual,
    threshold: 0.5,
    negated: false,
    whenMissing: 'unknown',
    ...(surrogates && surrogates.length === parts.length ? { surrogates } : {}),
  }
}

/** A combination that is one test: with constants, and "missing or …" or "not missing and …" of one column. */
function foldedTest(parts: readonly NodePredicate[], operator: 'and' | 'or'): NodePredicate | undefined {
  const decisive = operator === 'or'
  if (parts.includes(decisive)) return decisive
  const tests = parts.filter((part) => typeof part !== 'boolean')
  const [first, second] = tests
  if (!first) return !decisive
  if (!second) return first
  if (tests.length > 2) return undefined
  const [presence, test] = isPresenceTest(first) ? [first, second] : [second, first]
  const sameColumn = formulaKey(presence.column) === formulaKey(test.column)
  if (!isPresenceTest(presence) || !sameColumn || presence.whenMissing !== decisive) return undefined
  return { ...test, whenMissing: decisive }
}

const isPresenceTest = (test: NodeTest): boolean => test.mode === SPLIT.in && test.set?.length === 0

const OPPOSITES: Readonly<Partial<Record<SplitMode, SplitMode>>> = {
  [SPLIT.less]: SPLIT.greaterOrEqual,
  [SPLIT.greaterOrEqual]: SPLIT.less,
  [SPLIT.lessOrEqual]: SPLIT.greater,
  [SPLIT.greater]: SPLIT.lessOrEqual,
  [SPLIT.equal]: SPLIT.notEqual,
  [SPLIT.notEqual]: SPLIT.equal,
}

export const sameColumn = (a: NodeTest, b: NodeTest): boolean => formulaKey(a.column) === formulaKey(b.column)

/** Whether one of two tests holds wherever the other fails, and both are unknown together. */
export function areComplements(a: NodeTest, b: NodeTest): boolean {
  if (a.whenMissing !== 'unknown' || b.whenMissing !== 'unknown') return false
  if (a.surrogates && b.surrogates) {
    const others = b.surrogates
    return (
      a.surrogates.length === others.length &&
      a.surrogates.every((part, i) => areComplements(part, others[i] as NodeTest))
    )
  }
  if (!sameColumn(a, b) || a.surrogates || b.surrogates) return false
  if (a.mode === SPLIT.in && b.mode === SPLIT.in) {
    if (a.negated !== b.negated) return sameSet(a.set ?? [], b.set ?? [])
    return !a.negated && a.domain !== undefined && covers(a.domain, [...(a.set ?? []), ...(b.set ?? [])])
  }
  if (a.set && b.set && a.domain && a.mode === SPLIT.equal && b.mode === SPLIT.equal) {
    return covers(a.domain, [...a.set, ...b.set])
  }
  if (OPPOSITES[a.mode] !== b.mode || a.negated !== b.negated) return false
  return a.set && b.set ? sameSet(a.set, b.set) : a.threshold === b.threshold
}

function sameSet(a: readonly Category[], b: readonly Category[]): boolean {
  const set = new Set(a)
  return set.size === new Set(b).size && b.every((value) => set.has(value))
}

function covers(domain: readonly Category[], values: readonly Category[]): boolean {
  const set = new Set(values)
  return domain.every((value) => set.has(value))
}
