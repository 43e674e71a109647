import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { attribute, childrenNamed, requireAttribute, requireChild } from '../../elements.ts'
import { predicateOf } from '../../predicates/predicate.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { once, type Prediction } from '../prediction.ts'
import { ensembleColumn, indexedLabel, labelIndex, labelsOf } from '../trees/tree-model.ts'
import { both, type Rule, ruleTree } from './rule-tree.ts'

/** RuleSetModel (PMML 4.4) whose first rule that holds decides. */
export const ruleSetModel: ModelLowering = lowering(
  'RuleSetModel',
  ['ml.treeEnsemble', 'ml.expression'],
  (env): Prediction => {
    const { model, target } = env
    const set = requireChild(model, 'RuleSet')
    const [method] = childrenNamed(set, 'RuleSelectionMethod').map((each) => requireAttribute(each, 'criterion'))
    if (method !== 'firstHit')
      return block(set, `rules are selected by ${method ?? 'nothing'}`, 'Only firstHit can be converted.')
    const tree = ruleTree(
      env,
      set.children.flatMap((child) => rulesIn(child)),
      attribute(set, 'defaultScore'),
    )
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
    }
  },
)

/** The simple rules of a rule, each with the predicates around it. */
function rulesIn(element: XmlElement, outer?: XmlElement): Rule[] {
  if (element.name !== 'SimpleRule' && element.name !== 'CompoundRule') return []
  const own = predicateOf(element) ?? block(element, 'it has no predicate')
  const predicate = outer ? both(outer, own) : own
  if (element.name === 'SimpleRule') return [{ predicate, score: requireAttribute(element, 'score') }]
  return element.children.flatMap((child) => rulesIn(child, predicate))
}
