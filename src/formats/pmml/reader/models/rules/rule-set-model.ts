import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { attribute, childrenNamed, numberAttribute, requireAttribute, requireChild } from '../../elements.ts'
import { predicateOf } from '../../predicates/predicate.ts'
import { entityIds } from '../entities.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { once, type Prediction } from '../prediction.ts'
import { answerTexts, ensembleColumn, indexedLabel, labelIndex, labelsOf } from '../trees/tree-model.ts'
import { both, ruleTree } from './rule-tree.ts'

/** RuleSetModel (PMML 4.4) one of whose rules decides: the first that holds, or the one with the largest weight. */
export const ruleSetModel: ModelLowering = lowering(
  'RuleSetModel',
  ['ml.treeEnsemble', 'ml.expression'],
  (env): Prediction => {
    const { model, target } = env
    const set = requireChild(model, 'RuleSet')
    const [method] = childrenNamed(set, 'RuleSelectionMethod').map((each) => requireAttribute(each, 'criterion'))
    if (method !== 'firstHit' && method !== 'weightedMax') {
      return block(
        set,
        `rules are selected by ${method ?? 'nothing'}`,
        'Only firstHit and weightedMax can be converted.',
      )
    }
    const listed = set.children.flatMap((child) => rulesIn(child))
    const ids = entityIds(listed.map(({ element }) => element))
    // Of equal weights the first rule counts: sorting keeps their order.
    const ordered = method === 'firstHit' ? listed : listed.toSorted((a, b) => b.weight - a.weight)
    const rules = ordered.map(({ element, predicate }) => ({
      predicate,
      score: requireAttribute(element, 'score'),
      id: ids.get(element) as string,
    }))
    const tree = ruleTree(env, rules, attribute(set, 'defaultScore'))
    const { labels, names } = labelsOf(target, [tree])
    const index = ensembleColumn(env, [
      { tree, values: (answer) => [answer ? labelIndex(answer, labels, target) : Number.NaN] },
    ])
    return {
      kind: 'classes',
      labels,
      names,
      dataType: target.dataType,
      label: once(() => indexedLabel(env, index, labels)),
      // The rule that decided; missing where the default did.
      entity: once(() => answerTexts(env, tree, (answer) => attribute(answer, 'id'))),
    }
  },
)

/** A simple rule, with the predicates around it. */
interface ListedRule {
  readonly element: XmlElement
  readonly predicate: XmlElement
  readonly weight: number
}

/** The simple rules of a rule. */
function rulesIn(element: XmlElement, outer?: XmlElement): ListedRule[] {
  if (element.name !== 'SimpleRule' && element.name !== 'CompoundRule') return []
  const own = predicateOf(element) ?? block(element, 'it has no predicate')
  const predicate = outer ? both(outer, own) : own
  if (element.name === 'SimpleRule') return [{ element, predicate, weight: numberAttribute(element, 'weight') ?? 1 }]
  return element.children.flatMap((child) => rulesIn(child, predicate))
}
