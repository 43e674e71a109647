import type { Category } from '../../../../../core/ir/model.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { type Formula, formulaOf, mapFormula } from '../../columns/formula.ts'
import { attribute, childrenNamed, numberAttribute, parseNumber, requireAttribute } from '../../elements.ts'
import { parseValue } from '../../fields/data-type.ts'
import { entityIds } from '../entities.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { type ClassPrediction, type ModelEnv, once, type Prediction, vectorOf } from '../prediction.ts'
import { priorsOf, type Target } from '../target.ts'
import type { EnsemblePlan, PlannedTree } from './ensemble-plan.ts'
import { planTree, type TreePlan } from './tree-plan.ts'

/** TreeModel (PMML 4.4). */
export const treeModel: ModelLowering = lowering(
  'TreeModel',
  ['ml.treeEnsemble', 'ml.label', 'ml.expression', 'Squeeze', 'Gather', 'Concat'],
  (env) => {
    const tree = planTree(env.ctx, env.scope, env.model)
    for (const answer of tree.answers) {
      if (childrenNamed(answer, 'Regression').length > 0) block(answer, 'a regression inside a node is not supported')
    }
    return attribute(env.model, 'functionName') === 'classification' ? classification(env, tree) : regression(env, tree)
  },
)

function regression(env: ModelEnv, tree: TreePlan): Prediction {
  return {
    kind: 'value',
    formula: ensembleColumn(env, [{ tree, values: (answer) => [scoreOf(answer)] }]),
    entity: once(() => entityColumn(env, tree)),
  }
}

/** The number that a node scores; NaN for no node. */
export const scoreOf = (answer: XmlElement | undefined): number =>
  answer ? parseNumber(requireAttribute(answer, 'score'), 'the score of a node') : Number.NaN

/** The column of an ensemble with one target. */
export function ensembleColumn(
  env: ModelEnv,
  trees: readonly PlannedTree[],
  aggregate: EnsemblePlan['aggregate'] = 'sum',
): Formula {
  return formulaOf({ kind: 'ensemble', ensemble: ensembleOf(env, trees, 1, aggregate) })
}

export function ensembleOf(
  { ctx, model }: ModelEnv,
  trees: readonly PlannedTree[],
  targets: number,
  aggregate: EnsemblePlan['aggregate'],
): EnsemblePlan {
  return {
    id: ctx.nextEnsemble(),
    trees,
    targets,
    aggregate,
    base: new Array(targets).fill(0),
    origin: ctx.originOf(model),
  }
}

/** The ensemble as one hub value [N, targets]. */
export const ensembleValue = ({ ctx }: ModelEnv, ensemble: EnsemblePlan): string =>
  ctx.tables.value(formulaOf({ kind: 'ensemble', ensemble }))

/** Labels of a classification, as the data dictionary has them or else in the order of the nodes that score them. */
export function labelsOf(
  { categories, dataType }: Target,
  trees: readonly TreePlan[],
): { labels: Category[]; names: string[] } {
  if (categories.length > 0) return { labels: categories.map((c) => c.label), names: categories.map((c) => c.text) }
  const found = new Map<string, Category>()
  for (const { answers } of trees) {
    for (const answer of answers) {
      const texts = childrenNamed(answer, 'ScoreDistribution').map((each) => requireAttribute(each, 'value'))
      const score = attribute(answer, 'score')
      for (const text of score === undefined ? texts : [...texts, score]) {
        if (!found.has(text)) found.set(text, parseValue(text, dataType))
      }
    }
  }
  return { labels: [...found.values()], names: [...found.keys()] }
}

/** Probabilities of a node's score distribution, in the order of the labels; undefined where it has none. */
export function distributionOf(answer: XmlElement, labels: readonly Category[], target: Target): number[] | undefined {
  const shares = childrenNamed(answer, 'ScoreDistribution')
  const [first] = shares
  if (!first) return undefined
  const measure = attribute(first, 'probability') === undefined ? 'recordCount' : 'probability'
  const byLabel = new Map(
    shares.map((share) => [
      String(parseValue(requireAttribute(share, 'value'), target.dataType)),
      numberAttribute(share, measure) ?? 0,
    ]),
  )
  const values = labels.map((label) => byLabel.get(String(label)) ?? 0)
  const total = values.reduce((a, b) => a + b, 0)
  return total === 1 || total === 0 ? values : values.map((value) => value / total)
}

/** The place of a node's label among the labels: its score, or its most probable class. */
export function labelIndex(answer: XmlElement, labels: readonly Category[], target: Target): number {
  const score = attribute(answer, 'score')
  if (score !== undefined)
    return labels.findIndex((label) => String(label) === String(parseValue(score, target.dataType)))
  const shares = distributionOf(answer, labels, target)
  return shares ? shares.indexOf(Math.max(...shares)) : block(answer, 'it has neither a score nor a score distribution')
}

function classification(env: ModelEnv, tree: TreePlan): Prediction {
  const { ctx, target } = env
  const { labels, names } = labelsOf(target, [tree])
  const answers = [...tree.answers]
  const shares = new Map(answers.map((answer) => [answer, distributionOf(answer, labels, target)]))
  const hasScores = answers.length > 0 && answers.every((answer) => shares.get(answer) !== undefined)
  const priors = priorsOf(target, labels, target.dataType)
  const nothing = priors ?? new Array<number>(labels.length).fill(Number.NaN)
  const scores = once(() =>
    ensembleValue(
      env,
      ensembleOf(env, [{ tree, values: (answer) => (answer && shares.get(answer)) ?? nothing }], labels.length, 'sum'),
    ),
  )
  const isMostProbable = (answer: XmlElement): boolean => {
    const own = shares.get(answer)
    return own !== undefined && own.indexOf(Math.max(...own)) === labelIndex(answer, labels, target)
  }
  const followsScores = hasScores && (!tree.canBeMissing || priors !== undefined) && answers.every(isMostProbable)
  const label = followsScores
    ? () => ctx.hub.ml('ml.label', [scores()], { labels, rule: 'argmax' })
    : () =>
        indexedLabel(
          env,
          ensembleColumn(env, [{ tree, values: (a) => [a ? labelIndex(a, labels, target) : Number.NaN] }]),
          labels,
        )
  return {
    kind: 'classes',
    labels,
    names,
    dataType: target.dataType,
    label: once(label),
    ...(hasScores ? { scores } : {}),
    ...confidencesOf(env, tree, labels),
    entity: once(() => entityColumn(env, tree)),
  }
}

/** The label that a column of places among the labels points to; missing where the column is. */
export function indexedLabel({ ctx }: ModelEnv, index: Formula, labels: readonly Category[]): string {
  const isText = labels.some((label) => typeof label === 'string')
  const column = mapFormula(index, isText, (arg) => ({
    kind: 'lookup',
    arg,
    keys: labels.map((_, i) => i),
    values: labels,
    type: isText ? 'string' : 'number',
  }))
  return vectorOf(ctx, ctx.tables.value(column))
}

function confidencesOf(
  env: ModelEnv,
  tree: TreePlan,
  labels: readonly Category[],
): Pick<ClassPrediction, 'confidences'> {
  const { model, target } = env
  const of = (answer: XmlElement): number[] | undefined => {
    const shares = childrenNamed(answer, 'ScoreDistribution')
    if (shares.some((share) => attribute(share, 'confidence') === undefined)) return undefined
    const byLabel = new Map(
      shares.map((share) => [
        String(parseValue(requireAttribute(share, 'value'), target.dataType)),
        numberAttribute(share, 'confidence'),
      ]),
    )
    return labels.map((label) => byLabel.get(String(label)) ?? Number.NaN)
  }
  const isPenalized = (numberAttribute(model, 'missingValuePenalty') ?? 1) !== 1
  if (isPenalized || [...tree.answers].some((answer) => of(answer) === undefined)) return {}
  const nothing = new Array<number>(labels.length).fill(Number.NaN)
  return {
    confidences: once(() =>
      ensembleValue(
        env,
        ensembleOf(env, [{ tree, values: (answer) => (answer && of(answer)) ?? nothing }], labels.length, 'sum'),
      ),
    ),
  }
}

/** The id of the winning node: its own, or its place in the tree, counting from 1. */
function entityColumn(env: ModelEnv, tree: TreePlan): Formula {
  const ids = entityIds(allNodes(env.model))
  return answerTexts(env, tree, (answer) => ids.get(answer))
}

/** A text about the answer of a tree; missing where there is none, and for an answer that has none. */
export function answerTexts(
  env: ModelEnv,
  tree: TreePlan,
  textOf: (answer: XmlElement) => string | undefined,
): Formula {
  const answers = [...tree.answers].flatMap((answer) => {
    const text = textOf(answer)
    return text === undefined ? [] : [{ answer, text }]
  })
  const place = new Map(answers.map(({ answer }, i) => [answer, i]))
  const index = ensembleColumn(env, [{ tree, values: (answer) => [(answer && place.get(answer)) ?? Number.NaN] }])
  return mapFormula(index, true, (arg) => ({
    kind: 'lookup',
    arg,
    keys: answers.map((_, i) => i),
    values: answers.map(({ text }) => text),
    type: 'string',
  }))
}

function allNodes(model: XmlElement): XmlElement[] {
  const nodes: XmlElement[] = []
  const pending = childrenNamed(model, 'Node')
  for (let next = pending.pop(); next; next = pending.pop()) {
    nodes.push(next)
    pending.push(...childrenNamed(next, 'Node').reverse())
  }
  return nodes
}
