import type { Category } from '../../../../../core/ir/model.ts'
import type { TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { attribute, childrenNamed } from '../../elements.ts'
import { classesFromScores } from '../class-scores.ts'
import { modelScope } from '../lower-model.ts'
import type { ModelEnv, Prediction } from '../prediction.ts'
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
 * more than that, or where trees without an answer are to be skipped.
 */
export function fusedTrees(env: ModelEnv, segmentation: Segmentation): Prediction | undefined {
  if (!segmentation.segments.every(isPlainTree)) return undefined
  const weights = weightsOf(segmentation)
  if (!weights) return undefined
  const trees = segmentation.segments.map(({ model }) =>
    planTree(env.ctx, modelScope(env.ctx, env.scope, model), model),
  )
  const skips = segmentation.missingTreatment === 'skipSegment' || /Vote/.test(segmentation.method)
  if (skips && trees.some(({ canBeMissing }) => canBeMissing)) return undefined
  return attribute(env.model, 'functionName') === 'classification'
    ? classification(env, segmentation, trees, weights)
    : regression(env, segmentation, trees, weights)
}

/** A TreeModel that always applies, and whose answer is nothing but its node's. */
function isPlainTree({ model, predicate }: Segment): boolean {
  return (
    predicate === undefined &&
    model.name === 'TreeModel' &&
    childrenNamed(model, 'Targets').length === 0 &&
    !hasEmbeddedModel(model)
  )
}

const hasEmbeddedModel = (model: XmlElement): boolean => {
  const pending = [...childrenNamed(model, 'Node')]
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (const child of node.children) {
      if (child.name === 'Regression') return true
      if (child.name === 'Node') pending.push(child)
    }
  }
  return false
}

interface Weights {
  readonly aggregate: TreeEnsemble['aggregate']
  /** Each tree's factor; undefined where all are 1. */
  readonly factors?: readonly number[]
}

/** How trees are weighted and put together, for the methods that come down to a weighted sum. */
function weightsOf({ method, segments }: Segmentation): Weights | undefined {
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

function regression(
  env: ModelEnv,
  { method }: Segmentation,
  trees: readonly TreePlan[],
  weights: Weights,
): Prediction | undefined {
  if (/Vote/.test(method)) return undefined
  const planned = trees.map(
    (tree, i): PlannedTree => ({ tree, values: (answer) => scaled([scoreOf(answer)], weights.factors?.[i]) }),
  )
  return { kind: 'value', formula: ensembleColumn(env, planned, weights.aggregate) }
}

function classification(
  env: ModelEnv,
  { method }: Segmentation,
  trees: readonly TreePlan[],
  weights: Weights,
): Prediction | undefined {
  if (method === 'sum' || method === 'weightedSum') return undefined
  const classes = labelsOf(env.target, trees)
  const leaf = /Vote/.test(method) ? voteOf : distributionOf
  const missing = new Array<number>(classes.labels.length).fill(Number.NaN)
  const shares = new Map<XmlElement, number[]>()
  for (const { answers } of trees) {
    for (const answer of answers) {
      const own = leaf(answer, classes.labels, env.target)
      if (!own) return undefined
      shares.set(answer, own)
    }
  }
  if (trees.some(({ canBeMissing }) => canBeMissing)) return undefined
  const planned = trees.map(
    (tree, i): PlannedTree => ({
      tree,
      values: (answer) => scaled((answer && shares.get(answer)) ?? missing, weights.factors?.[i]),
    }),
  )
  return classesFromScores(env, classes, () =>
    ensembleValue(env, ensembleOf(env, planned, classes.labels.length, weights.aggregate)),
  )
}

function voteOf(answer: XmlElement, labels: readonly Category[], target: ModelEnv['target']): number[] {
  const vote = new Array<number>(labels.length).fill(0)
  const index = labelIndex(answer, labels, target)
  if (index >= 0) vote[index] = 1
  return vote
}
