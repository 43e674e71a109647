import type { OpSpec } from '../spec.ts'
import { distance } from './distance.ts'
import { expression } from './expression-op.ts'
import { gaussianNaiveBayes } from './gaussian-naive-bayes.ts'
import { impute } from './impute.ts'
import { kernelMachine } from './kernel-machine.ts'
import { label } from './label.ts'
import { linear } from './linear.ts'
import { link } from './link.ts'
import { nearest } from './nearest.ts'
import { oneHot } from './one-hot.ts'
import { pairwiseProbability, pairwiseVote } from './pairwise.ts'
import { scale } from './scale.ts'
import { tokenCounts } from './token-counts.ts'
import { treeEnsemble } from './tree-ensemble-op.ts'
import { weightedMedian } from './weighted-median.ts'

/** The `ml.*` family: one spec per operator of MlAttributes. */
export const mlOps: readonly OpSpec[] = [
  scale,
  impute,
  oneHot,
  expression,
  linear,
  treeEnsemble,
  kernelMachine,
  pairwiseVote,
  pairwiseProbability,
  distance,
  nearest,
  weightedMedian,
  gaussianNaiveBayes,
  link,
  label,
  tokenCounts,
]
