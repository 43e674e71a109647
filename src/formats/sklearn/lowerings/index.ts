import { PortolanError } from '../../../core/errors.ts'
import { adaBoost } from './ada-boost.ts'
import { bagging } from './bagging.ts'
import { bins } from './bins.ts'
import { calibration } from './calibration.ts'
import { clusters } from './clusters.ts'
import { composition } from './composition.ts'
import type { EstimatorLowering } from './context.ts'
import { decisionThresholds } from './decision-thresholds.ts'
import { decomposition } from './decomposition.ts'
import { dictVectorizers } from './dict-vectorizer.ts'
import { discriminantAnalysis } from './discriminant-analysis.ts'
import { dummies } from './dummies.ts'
import { elementWise } from './element-wise.ts'
import { ellipticEnvelopes } from './elliptic-envelope.ts'
import { encoders } from './encoders.ts'
import { forests } from './forests.ts'
import { gradientBoosting } from './gradient-boosting.ts'
import { histGradientBoosting } from './hist-gradient-boosting.ts'
import { imputers } from './imputers.ts'
import { isolationForests } from './isolation-forest.ts'
import { isotonicRegressions } from './isotonic.ts'
import { kernelFeatures } from './kernel-features.ts'
import { kernelRidge } from './kernel-ridge.ts'
import { labelEncoders } from './label-encoders.ts'
import { linearModels } from './linear-models.ts'
import { mixtures } from './mixtures.ts'
import { multiOutput } from './multi-output.ts'
import { multiclass } from './multiclass.ts'
import { naiveBayesModels } from './naive-bayes.ts'
import { nearestCentroids } from './nearest-centroid.ts'
import { neighbors } from './neighbors.ts'
import { partialLeastSquares } from './partial-least-squares.ts'
import { perceptrons } from './perceptrons.ts'
import { quantiles } from './quantiles.ts'
import { recursiveElimination } from './recursive-elimination.ts'
import { scalers } from './scalers.ts'
import { selectors } from './selectors.ts'
import { sklearnPandas } from './sklearn-pandas.ts'
import { casts } from './sklearn2pmml/casts.ts'
import { chaid } from './sklearn2pmml/chaid.ts'
import { domains } from './sklearn2pmml/domains.ts'
import { estimatorChains } from './sklearn2pmml/estimator-chain.ts'
import { expressionModels } from './sklearn2pmml/expressions.ts'
import { leafModels } from './sklearn2pmml/leaves.ts'
import { lookups } from './sklearn2pmml/lookups.ts'
import { crossReferences } from './sklearn2pmml/memory.ts'
import { pmmlPipelines } from './sklearn2pmml/pmml-pipeline.ts'
import { ruleSets } from './sklearn2pmml/rule-set.ts'
import { selectFirst } from './sklearn2pmml/select-first.ts'
import { strings } from './sklearn2pmml/strings.ts'
import { tables } from './sklearn2pmml/tables.ts'
import { splines } from './splines.ts'
import { stochasticGradient } from './stochastic-gradient.ts'
import { supportVectors } from './support-vectors.ts'
import { textModels } from './text.ts'
import { treeLeaves } from './tree-leaves.ts'
import { voting } from './voting.ts'
import { wrappers } from './wrappers.ts'

/** Every estimator that has a lowering. */
export const lowerings: readonly EstimatorLowering[] = [
  ...composition,
  ...wrappers,
  // Transformers
  ...scalers,
  ...imputers,
  ...encoders,
  ...labelEncoders,
  ...bins,
  ...elementWise,
  ...quantiles,
  ...splines,
  ...decomposition,
  ...kernelFeatures,
  ...selectors,
  ...recursiveElimination,
  ...textModels,
  ...dictVectorizers,
  ...treeLeaves,
  // Models
  ...dummies,
  ...linearModels,
  ...partialLeastSquares,
  ...stochasticGradient,
  ...discriminantAnalysis,
  ...naiveBayesModels,
  ...supportVectors,
  ...kernelRidge,
  ...neighbors,
  ...nearestCentroids,
  ...clusters,
  ...mixtures,
  ...isotonicRegressions,
  ...perceptrons,
  ...forests,
  ...gradientBoosting,
  ...histGradientBoosting,
  ...isolationForests,
  ...ellipticEnvelopes,
  // Ensembles of any estimators
  ...adaBoost,
  ...bagging,
  ...voting,
  ...calibration,
  ...decisionThresholds,
  ...multiclass,
  ...multiOutput,
  // sklearn2pmml and sklearn-pandas
  ...pmmlPipelines,
  ...sklearnPandas,
  ...domains,
  ...casts,
  ...expressionModels,
  ...lookups,
  ...strings,
  ...tables,
  ...leafModels,
  ...estimatorChains,
  ...selectFirst,
  ...ruleSets,
  ...crossReferences,
  ...chaid,
]

/** By operator; a duplicate is named. */
export const loweringTable: ReadonlyMap<string, EstimatorLowering> = tableOf(lowerings)

function tableOf(rows: readonly EstimatorLowering[]): ReadonlyMap<string, EstimatorLowering> {
  const table = new Map<string, EstimatorLowering>()
  for (const row of rows) {
    if (table.has(row.operator)) throw new PortolanError('internal', `${row.operator} has two lowerings`)
    table.set(row.operator, row)
  }
  return table
}
