import { apply, type Expression } from '../../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder } from '../../columns/formula.ts'
import {
  attribute,
  childNamed,
  childrenNamed,
  numberAttribute,
  requireAttribute,
  requireChild,
} from '../../elements.ts'
import { compileFormula, expressionChild } from '../../expressions/compile.ts'
import { predicateFormula, predicateOf } from '../../predicates/predicate.ts'
import { linearColumn } from '../linear-scores.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import type { ModelEnv, Prediction } from '../prediction.ts'
import { ensembleColumn, scoreOf } from '../trees/tree-model.ts'
import { ruleTree } from './rule-tree.ts'

/** Scorecard (PMML 4.4): the initial score and each characteristic's partial score; reason codes are not kept. */
export const scorecard: ModelLowering = lowering('Scorecard', ['ml.treeEnsemble', 'ml.linear'], (env): Prediction => {
  const characteristics = childrenNamed(requireChild(env.model, 'Characteristics'), 'Characteristic')
  const initial = numberAttribute(env.model, 'initialScore') ?? 0
  const isComplex = (characteristic: XmlElement) =>
    childrenNamed(characteristic, 'Attribute').some((each) => childNamed(each, 'ComplexPartialScore'))
  const simple = characteristics.filter((each) => !isComplex(each))
  const trees = simple.map((characteristic) => {
    const rules = childrenNamed(characteristic, 'Attribute').map((each) => ({
      predicate: predicateOf(each) ?? block(each, 'it has no predicate'),
      score: requireAttribute(each, 'partialScore'),
    }))
    const tree = ruleTree(env, rules, undefined)
    return { tree, values: (answer: XmlElement | undefined) => [scoreOf(answer)] }
  })
  const columns = [
    ...(trees.length > 0 ? [ensembleColumn(env, trees)] : []),
    ...characteristics.filter(isComplex).map((each) => complexScore(env, each)),
  ]
  const terms = columns.map((column) => ({ column, coefficient: 1 }))
  return { kind: 'value', formula: linearColumn(env.ctx, { terms, intercept: initial }) }
})

/** The score of the first attribute that holds, computed where it is an expression. */
function complexScore({ ctx, scope }: ModelEnv, characteristic: XmlElement): Formula {
  const builder = new FormulaBuilder()
  const missing: Expression = { kind: 'constant', value: null, type: 'number' }
  const score = childrenNamed(characteristic, 'Attribute').reduceRight<Expression>((rest, each) => {
    const predicate = predicateOf(each) ?? block(each, 'it has no predicate')
    const known = builder.inline(ctx.settled(predicateFormula(ctx, scope, predicate)))
    return apply('if', apply('and', apply('isNotMissing', known), known), partialScore(each), rest)
  }, missing)
  return builder.build(score, false)

  function partialScore(each: XmlElement): Expression {
    const complex = childNamed(each, 'ComplexPartialScore')
    const expression = complex && expressionChild(complex)
    if (expression) return builder.inline(ctx.settled(compileFormula(expression, { ctx, scope }).formula))
    const value =
      numberAttribute(each, 'partialScore') ?? block(each, `it has no score (${attribute(each, 'reasonCode') ?? ''})`)
    return { kind: 'constant', value, type: 'number' }
  }
}
