import { PortolanError } from '../../../../core/errors.ts'
import type { Emitter } from '../context.ts'
import { type Estimators, intermediateModels } from '../estimator.ts'
import { arithmeticEmitters } from './arithmetic.ts'
import { clustering, distanceEmitters } from './clustering.ts'
import { columnEmitters } from './columns.ts'
import { kernelMachine } from './kernel-machine.ts'
import { labelEmitters } from './label.ts'
import { linear } from './linear.ts'
import { linkEmitters } from './link.ts'
import { naiveBayesEmitters } from './naive-bayes.ts'
import { nearestEmitters } from './nearest.ts'
import { normalizationEmitters } from './normalization.ts'
import { pairwiseEmitters } from './pairwise.ts'
import { productColumns } from './products.ts'
import { tokenCountEmitters } from './token-counts.ts'
import { transformEmitters } from './transforms.ts'
import { treeEnsemble } from './tree.ts'
import { weightedMedian } from './weighted-median.ts'

/** Every estimator that has a PMML model element. */
export const estimators: Estimators = new Map(
  [linear, treeEnsemble, kernelMachine, clustering, weightedMedian].map((e) => [e.op, e]),
)

/** The emitter of each hub operator. */
export const emitters: ReadonlyMap<string, Emitter> = merge(
  columnEmitters,
  transformEmitters,
  linkEmitters,
  arithmeticEmitters,
  pairwiseEmitters,
  naiveBayesEmitters,
  distanceEmitters,
  labelEmitters,
  nearestEmitters,
  tokenCountEmitters,
  normalizationEmitters,
  { 'ml.linear': productColumns },
  Object.fromEntries(
    [...estimators.values()]
      .filter((e) => e.regression && e.op !== 'ml.linear')
      .map((e) => [e.op, (ctx, node) => intermediateModels(ctx, e, node)] satisfies [string, Emitter]),
  ),
)

function merge(...tables: readonly Readonly<Record<string, Emitter>>[]): ReadonlyMap<string, Emitter> {
  const map = new Map<string, Emitter>()
  for (const table of tables) {
    for (const [op, emitter] of Object.entries(table)) {
      if (map.has(op)) throw new PortolanError('internal', `the operator ${op} has two PMML emitters`)
      map.set(op, emitter)
    }
  }
  return map
}
