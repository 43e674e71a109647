import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import type { ModelEnv } from '../prediction.ts'
import { planTree, type TreePlan } from '../trees/tree-plan.ts'

/** One rule: where its predicate holds, and none before it did, its score is the answer. */
export interface Rule {
  readonly predicate: XmlElement
  readonly score: string
  readonly id?: string
}

const element = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly XmlElement[] = [],
): XmlElement => ({
  name,
  prefix: '',
  attributes,
  children,
  text: '',
})

const ALWAYS = element('True', {})

/** Rules as a tree of one level, which is what a list of rules is; a predicate that is unknown does not hold. */
export function ruleTree(env: ModelEnv, rules: readonly Rule[], otherwise: string | undefined): TreePlan {
  const nodes = rules.map(({ predicate, score, id }) =>
    element('Node', { score, ...(id === undefined ? {} : { id }) }, [predicate]),
  )
  const last = otherwise === undefined ? [] : [element('Node', { score: otherwise }, [ALWAYS])]
  const root = element('Node', {}, [ALWAYS, ...nodes, ...last])
  return planTree(env.ctx, env.scope, element('TreeModel', { missingValueStrategy: 'none' }, [root]))
}

/** Both hold. */
export const both = (a: XmlElement, b: XmlElement): XmlElement =>
  element('CompoundPredicate', { booleanOperator: 'and' }, [a, b])
