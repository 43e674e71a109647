import { LimitExceededError } from '../../../../../core/errors.ts'
import { SPLIT } from '../../../../../core/ops/ml/tree-ensemble.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import type { LowerContext } from '../../context.ts'
import { attribute, childrenNamed, requireChild } from '../../elements.ts'
import type { Scope } from '../../fields/scope.ts'
import { predicateOf } from '../../predicates/predicate.ts'
import { areComplements, type NodePredicate, type NodeTest, nodePredicate, sameColumn } from './node-test.ts'

/** A node of a binary tree: a test with two children, or an answer: a Node of the model, or none. */
export type PlanNode =
  | { readonly test: NodeTest; readonly whenTrue: number; readonly whenFalse: number; readonly missingTrue: boolean }
  | { readonly answer: XmlElement | undefined }

/** A TreeModel as a binary tree. */
export interface TreePlan {
  /** The first is the root. */
  readonly nodes: readonly PlanNode[]
  /** Nodes that can be the answer. */
  readonly answers: ReadonlySet<XmlElement>
  /** Some rows have no answer. */
  readonly canBeMissing: boolean
  /** Some rows have no answer although no value is missing. */
  readonly isPartial: boolean
}

/** Where an evaluation stands: at an answer, or before the predicate of a node's child. */
type Place =
  | { readonly answer: XmlElement | undefined; readonly isPartial?: boolean }
  | {
      readonly node: XmlElement
      readonly child: number
      /** The child whose predicate was false just before. */
      readonly failed?: number
      /** The child whose predicate was unknown just before. */
      readonly unknown?: number
    }

/** Paths that a missing value opens can repeat whole subtrees; more copies than this are refused. */
const MAX_GROWTH = 50

/**
 * Makes a binary tree of a TreeModel: children's predicates are tried one after the other, and what a missing value does
 * at each of them follows the model's strategy (PMML 4.4, TreeModel, missing value strategies).
 */
export function planTree(ctx: LowerContext, scope: Scope, model: XmlElement): TreePlan {
  return new TreePlanner(ctx, scope, model).plan()
}

class TreePlanner {
  readonly #ctx: LowerContext
  readonly #scope: Scope
  readonly #root: XmlElement
  readonly #strategy: string
  readonly #returnsLast: boolean
  readonly #children = new Map<XmlElement, XmlElement[]>()
  readonly #predicates = new Map<XmlElement, NodePredicate>()
  readonly #answers = new Set<XmlElement>()
  readonly #nodes: PlanNode[] = []
  #canBeMissing = false
  #isPartial = false

  constructor(ctx: LowerContext, scope: Scope, model: XmlElement) {
    this.#ctx = ctx
    this.#scope = scope
    this.#root = requireChild(model, 'Node')
    this.#strategy = strategyOf(ctx, model)
    this.#returnsLast = attribute(model, 'noTrueChildStrategy') === 'returnLastPrediction'
  }

  plan(): TreePlan {
    const pending: { place: Place; index: number }[] = []
    const reserve = (place: Place): number => {
      const index = this.#nodes.push({ answer: undefined }) - 1
      pending.push({ place, index })
      return index
    }
    const root = this.#predicate(this.#root)
    if (typeof root === 'boolean') reserve(root ? this.#enter(this.#root) : { answer: undefined })
    else
      this.#nodes.push(
        this.#split(root, this.#enter(this.#root), { answer: undefined }, { answer: undefined }, reserve),
      )
    for (let next = pending.pop(); next; next = pending.pop()) {
      this.#nodes[next.index] = this.#read(next.place, reserve)
      if (this.#nodes.length > 1000 + MAX_GROWTH * this.#predicates.size) {
        throw new LimitExceededError('PMML: a tree repeats its subtrees beyond measure for missing values')
      }
    }
    return { nodes: this.#nodes, answers: this.#answers, canBeMissing: this.#canBeMissing, isPartial: this.#isPartial }
  }

  #read(place: Place, reserve: (place: Place) => number): PlanNode {
    if ('answer' in place) {
      if (place.answer) this.#answers.add(place.answer)
      else {
        this.#canBeMissing = true
        if (place.isPartial) this.#isPartial = true
      }
      return place
    }
    const { node, child } = place
    const children = this.#childrenOf(node)
    const test = this.#predicate(children[child] as XmlElement) as NodeTest
    const whenTrue = this.#enter(children[child] as XmlElement)
    const whenFalse = this.#settle({ node, child: child + 1, failed: child })
    const failed = place.failed === undefined ? undefined : this.#predicate(children[place.failed] as XmlElement)
    const isPresent = typeof failed === 'object' && sameColumn(failed, test) && failed.whenMissing === 'unknown'
    const whenMissing = isPresent ? whenFalse : this.#whenMissing(place, test, whenTrue)
    return this.#split(test, whenTrue, whenFalse, whenMissing, reserve)
  }

  /** A split with three ways: where the missing values go neither left nor right, they are told apart first. */
  #split(test: NodeTest, yes: Place, no: Place, missing: Place, reserve: (place: Place) => number): PlanNode {
    const [whenTrue, whenFalse] = test.negated ? [no, yes] : [yes, no]
    const missingTrue = samePlace(missing, whenTrue)
    if (missingTrue || samePlace(missing, whenFalse)) {
      return { test, whenTrue: reserve(whenTrue), whenFalse: reserve(whenFalse), missingTrue }
    }
    const isMissing: NodeTest = { column: test.column, mode: SPLIT.in, set: [], negated: false, whenMissing: true }
    const present = this.#nodes.push({ answer: undefined }) - 1
    this.#nodes[present] = { test, whenTrue: reserve(whenTrue), whenFalse: reserve(whenFalse), missingTrue: false }
    return { test: isMissing, whenTrue: reserve(missing), whenFalse: present, missingTrue: true }
  }

  #whenMissing({ node, child }: Extract<Place, { node: XmlElement }>, test: NodeTest, whenTrue: Place): Place {
    if (test.whenMissing === true) return whenTrue
    if (test.whenMissing === false) return this.#settle({ node, child: child + 1 })
    switch (this.#strategy) {
      case 'none':
        return this.#settle({ node, child: child + 1, unknown: child })
      case 'lastPrediction':
        return { answer: node }
      case 'defaultChild': {
        const id = attribute(node, 'defaultChild')
        const chosen = this.#childrenOf(node).find((each) => id !== undefined && attribute(each, 'id') === id)
        return chosen ? this.#enter(chosen) : { answer: undefined }
      }
      default:
        return { answer: undefined }
    }
  }

  /** Inside a node whose predicate holds. */
  #enter(node: XmlElement): Place {
    return this.#childrenOf(node).length === 0 ? { answer: node } : this.#settle({ node, child: 0 })
  }

  /** Goes on to the next predicate whose outcome is not known already. */
  #settle(place: Extract<Place, { node: XmlElement }>): Place {
    const { node, failed, unknown } = place
    const children = this.#childrenOf(node)
    const test = (i: number | undefined) =>
      i === undefined ? undefined : (this.#predicate(children[i] as XmlElement) as NodeTest)
    const [falseTest, unknownTest] = [test(failed), test(unknown)]
    for (let child = place.child; child < children.length; child++) {
      const predicate = this.#predicate(children[child] as XmlElement)
      if (predicate === false) continue
      if (predicate === true) return this.#enter(children[child] as XmlElement)
      if (falseTest && areComplements(falseTest, predicate)) return this.#enter(children[child] as XmlElement)
      if (unknownTest && (sameColumn(unknownTest, predicate) || areComplements(unknownTest, predicate))) {
        if (predicate.whenMissing === true) return this.#enter(children[child] as XmlElement)
        continue
      }
      return {
        node,
        child,
        ...(failed !== undefined && this.#matters(falseTest, children, child) ? { failed } : {}),
        ...(unknown !== undefined && this.#matters(unknownTest, children, child) ? { unknown } : {}),
      }
    }
    const last = this.#returnsLast && attribute(node, 'score') !== undefined
    return last ? { answer: node } : { answer: undefined, isPartial: unknown === undefined }
  }

  /** Whether the outcome of a test says anything about the predicates that are left. */
  #matters(test: NodeTest | undefined, children: readonly XmlElement[], from: number): boolean {
    return children.slice(from).some((child) => {
      const other = this.#predicate(child)
      return test !== undefined && typeof other === 'object' && (sameColumn(test, other) || areComplements(test, other))
    })
  }

  #childrenOf(node: XmlElement): XmlElement[] {
    const known = this.#children.get(node)
    if (known) return known
    const children = childrenNamed(node, 'Node')
    this.#children.set(node, children)
    return children
  }

  #predicate(node: XmlElement): NodePredicate {
    const known = this.#predicates.get(node)
    if (known !== undefined) return known
    const predicate = nodePredicate(this.#ctx, this.#scope, predicateOf(node))
    this.#predicates.set(node, predicate)
    return predicate
  }
}

function strategyOf(ctx: LowerContext, model: XmlElement): string {
  const strategy = attribute(model, 'missingValueStrategy') ?? 'none'
  if (strategy !== 'aggregateNodes' && strategy !== 'weightedConfidence') return strategy
  ctx.note(
    'lossy',
    'missing-value-strategy',
    `The missing value strategy ${strategy} is not carried over: where a value is missing there is no answer`,
    model,
  )
  return 'nullPrediction'
}

function samePlace(a: Place, b: Place): boolean {
  if ('answer' in a || 'answer' in b) return 'answer' in a && 'answer' in b && a.answer === b.answer
  return a.node === b.node && a.child === b.child && a.failed === b.failed && a.unknown === b.unknown
}
