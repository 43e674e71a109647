import type { Category } from '../../../../../core/ir/model.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import type { TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { type Formula, FormulaBuilder, formulaOfValue } from '../../columns/formula.ts'
import { attribute, childrenNamed } from '../../elements.ts'
import { answeredLabel, classesFromScores } from '../class-scores.ts'
import { modelScope } from '../model-scope.ts'
import { columnOf, type ModelEnv, once, type Prediction } from '../prediction.ts'
import type { PlannedTree } from '../trees/ensemble-plan.ts'
import {
  distributionOf,
  ensembleColumn,
  ensembleOf,
  ensembleValue,
  labelIndex,
  labelsOf,
  scoreOf,
} from '../trees/tree-model.ts'
import { planTree, type TreePlan } from '../trees/tree-plan.ts'
import type { Segment, Segmentation } from './segments.ts'

/**
 * A forest: segments that are plain trees become one ensemble, five hundred trees one operator. Undefined where they are
 * more than that.
 */
export function fusedTrees(env: ModelEnv, segmentation: Segmentation): Prediction | undefined {
  if (!segmentation.segments.every(isPlainTree)) return undefined
  const isClassification = attribute(env.model, 'functionName') === 'classification'
  const weights = weightsOf(segmentation)
  if (!weights || (isVote(segmentation) && !isClassification)) return undefined
  const trees = segmentation.segments.map(({ model }) =>
    planTree(env.ctx, modelScope(env.ctx, env.scope, model), model),
  )
  const forest: Forest = { segmentation, trees, ...weights }
  return isClassification ? classification(env, forest) : regression(env, forest)
}

interface Forest {
  readonly segmentation: Segmentation
  readonly trees: readonly TreePlan[]
  readonly aggregate: TreeEnsemble['aggregate']
  /** Each tree's factor; undefined where all are 1. */
  readonly factors?: readonly number[]
}

const isVote = ({ method }: Segmentation): boolean => /Vote$/.test(method)

/** A TreeModel that always applies, and whose answer is nothing but its node's. */
function isPlainTree({ model, predicate }: Segment): boolean {
  return (
    predicate === undefined &&
    model.name === 'TreeModel' &&
    childrenNamed(model, 'Targets').length === 0 &&
    !hasEmbeddedModel(model)
  )
}

function hasEmbeddedModel(model: XmlElement): boolean {
  const pending = [...childrenNamed(model, 'Node')]
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (const child of node.children) {
      if (child.name === 'Regression') return true
      if (child.name === 'Node') pending.push(child)
    }
  }
  return false
}

/** How trees are weighted and put together, for the methods that come down to a weighted sum. */
function weightsOf({ method, segments }: Segmentation): Pick<Forest, 'aggregate' | 'factors'> | undefined {
  const weights = segments.map(({ weight }) => weight)
  const total = weights.reduce((a, b) => a + b, 0)
  switch (method) {
    case 'sum':
      return { aggregate: 'sum' }
    case 'average':
    case 'majorityVote':
      return { aggregate: 'average' }
    case 'weightedSum':
      return { aggregate: 'sum', factors: weights }
    case 'weightedAverage':
    case 'weightedMajorityVote':
      return { aggregate: 'sum', factors: weights.map((weight) => weight / total) }
    default:
      return undefined
  }
}

const scaled = (values: number[], factor: number | undefined): number[] =>
  factor === undefined ? values : values.map((value) => value * factor)

/** Whether trees without an answer are left out, instead of leaving the forest without one. */
function skipsMissing({ segmentation, trees }: Forest): boolean {
  const skips = segmentation.missingTreatment === 'skipSegment' || isVote(segmentation)
  return skips && segmentation.missingTreatment !== 'returnMissing' && trees.some(({ canBeMissing }) => canBeMissing)
}

function regression(env: ModelEnv, forest: Forest): Prediction | undefined {
  const { segmentation, trees, aggregate, factors } = forest
  if (!skipsMissing(forest)) {
    const planned = trees.map(
      (tree, i): PlannedTree => ({ tree, values: (answer) => scaled([scoreOf(answer)], factors?.[i]) }),
    )
    return { kind: 'value', formula: ensembleColumn(env, planned, aggregate) }
  }
  // Beside the sum stands the weight of the trees that gave an answer.
  const planned = trees.map(
    (tree, i): PlannedTree => ({
      tree,
      values: (answer) => (answer ? scaled([scoreOf(answer), 1], factors?.[i]) : [0, 0]),
    }),
  )
  const sums = ensembleValue(env, ensembleOf(env, planned, 2, aggregate))
  const builder = new FormulaBuilder()
  const [sum, weight] = [0, 1].map((k) => builder.inline(columnOf(env.ctx, sums, k))) as [Expression, Expression]
  const isSum = /sum$/i.test(segmentation.method)
  const answer = isSum ? sum : apply('/', sum, weight)
  return { kind: 'value', formula: builder.build(whereEnough(env, forest, builder, answer), false) }
}

/** The answer where the share of trees without one is within the threshold, else missing. */
function whereEnough(env: ModelEnv, forest: Forest, builder: FormulaBuilder, answer: Expression): Expression {
  const { segments, missingThreshold } = forest.segmentation
  const total = segments.reduce((sum, { weight }) => sum + weight, 0)
  const planned = forest.trees.map(
    (tree, i): PlannedTree => ({ tree, values: (node) => [node ? (segments[i] as Segment).weight / total : 0] }),
  )
  const share = builder.inline(formulaOfValue(env.ctx.tables.value(ensembleColumn(env, planned))))
  const missing: Expression = { kind: 'constant', value: null, type: 'number' }
  // A sum of no answers is 0, an average of none is none.
  const isSum = /sum$/i.test(forest.segmentation.method)
  if (missingThreshold >= 1)
    return isSum ? answer : apply('if', apply('greaterThan', share, number(0)), answer, missing)
  const enough = apply('greaterOrEqual', share, number(1 - missingThreshold))
  return apply('if', isSum ? enough : apply('and', apply('greaterThan', share, number(0)), enough), answer, missing)
}

function classification(env: ModelEnv, forest: Forest): Prediction | undefined {
  const { segmentation, trees, aggregate, factors } = forest
  if (/sum$/i.test(segmentation.method)) return undefined
  const classes = labelsOf(env.target, trees)
  const size = classes.labels.length
  const leaf = isVote(segmentation) ? voteOf : distributionOf
  const shares = new Map<XmlElement, number[]>()
  for (const { answers } of trees) {
    for (const answer of answers) {
      const own = leaf(answer, classes.labels, env.target)
      if (!own) return undefined
      shares.set(answer, own)
    }
  }
  const skips = skipsMissing(forest)
  // Trees without an answer that are left out give their share to a class of its own.
  const width = skips ? size + 1 : size
  const missing = new Array<number>(width).fill(skips ? 0 : Number.NaN)
  if (skips) missing[size] = 1
  const planned = trees.map((tree, i): PlannedTree => {
    const values = (answer: XmlElement | undefined): number[] => {
      const own = answer && shares.get(answer)
      return scaled(own ? (skips ? [...own, 0] : own) : missing, factors?.[i])
    }
    return { tree, values }
  })
  const sums = once(() => ensembleValue(env, ensembleOf(env, planned, width, aggregate)))
  const isPartial = trees.some((tree) => tree.isPartial)
  if (!skips) return classesFromScores(env, classes, sums, isPartial)
  const scores = once(() => answeredShares(env, forest, sums(), size))
  const plain = classesFromScores(env, classes, scores)
  return { ...plain, label: once(() => answeredLabel(env.ctx, plain.label(), columnOf(env.ctx, scores(), 0))) }
}

/** Votes or probabilities of the trees that answered, normalized; missing where those that did not are too many. */
function answeredShares(env: ModelEnv, forest: Forest, sums: string, size: number): string {
  const { ctx } = env
  const { method, missingTreatment } = forest.segmentation
  const builder = new FormulaBuilder()
  const columns = Array.from({ length: size }, (_, k) => builder.inline(columnOf(ctx, sums, k)))
  const unanswered = builder.inline(columnOf(ctx, sums, size))
  const missing: Expression = { kind: 'constant', value: null, type: 'number' }
  const counted = columns.map((column): Formula => {
    const answer =
      missingTreatment === 'skipSegment' || !/Vote$/.test(method)
        ? whereEnough(env, forest, builder, column)
        : apply('if', apply('greaterThan', unanswered, apply('max', ...columns)), missing, column)
    return builder.build(answer, false)
  })
  return ctx.hub.ml('ml.link', [ctx.tables.matrix(counted)], { function: 'simplemax' })
}

function voteOf(answer: XmlElement, labels: readonly Category[], target: ModelEnv['target']): number[] {
  const vote = new Array<number>(labels.length).fill(0)
  const index = labelIndex(answer, labels, target)
  if (index >= 0) vote[index] = 1
  return vote
}
