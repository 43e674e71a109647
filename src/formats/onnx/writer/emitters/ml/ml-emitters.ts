import type { Emitter } from '../../emitter.ts'
import { distance } from './distance.ts'
import { expression } from './expression.ts'
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
import { treeEnsemble } from './tree-ensemble.ts'
import { weightedMedian } from './weighted-median.ts'

/** One emitter per `ml.*` operator. All compute in float64, whatever the precision at the model's boundary. */
export const mlEmitters: readonly Emitter[] = [
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
