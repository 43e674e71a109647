import { PortolanError } from '../../../../core/errors.ts'
import { clusteringModel } from './comparison/clustering-model.ts'
import { nearestNeighborModel } from './comparison/nearest-neighbor-model.ts'
import { generalRegressionModel } from './general-regression/general-regression-model.ts'
import { supportVectorMachine } from './kernels/support-vector-machine.ts'
import type { ModelLowering } from './lowering.ts'
import { miningModel } from './mining/mining-model.ts'
import { naiveBayesModel } from './naive-bayes-model.ts'
import { neuralNetwork } from './networks/neural-network.ts'
import { regressionModel } from './regression-model.ts'
import { ruleSetModel } from './rules/rule-set-model.ts'
import { scorecard } from './rules/scorecard.ts'
import { treeModel } from './trees/tree-model.ts'

/** The model elements that have a lowering. */
export const MODEL_LOWERINGS: ReadonlyMap<string, ModelLowering> = table([
  clusteringModel,
  generalRegressionModel,
  miningModel,
  naiveBayesModel,
  nearestNeighborModel,
  neuralNetwork,
  regressionModel,
  ruleSetModel,
  scorecard,
  supportVectorMachine,
  treeModel,
])

function table(lowerings: readonly ModelLowering[]): ReadonlyMap<string, ModelLowering> {
  const map = new Map<string, ModelLowering>()
  for (const lowering of lowerings) {
    if (map.has(lowering.element)) throw new PortolanError('internal', `${lowering.element} has two lowerings`)
    map.set(lowering.element, lowering)
  }
  return map
}
