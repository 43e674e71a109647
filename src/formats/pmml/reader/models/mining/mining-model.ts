import { block } from '../../blocked.ts'
import { attribute } from '../../elements.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { chained, selected } from './chains.ts'
import { classesOfSegments } from './combine-classes.ts'
import { valueOfSegments } from './combine-values.ts'
import { fusedTrees } from './forests.ts'
import { segmentationOf } from './segments.ts'

/** MiningModel: segments, each with a model, combined (PMML 4.4, Multiple Models). */
export const miningModel: ModelLowering = lowering(
  'MiningModel',
  [
    'ml.treeEnsemble',
    'ml.expression',
    'ml.label',
    'ml.link',
    'ml.linear',
    'Gather',
    'Concat',
    'Squeeze',
    'Unsqueeze',
    'ml.weightedMedian',
    'ArgMax',
    'GatherElements',
    'ml.scale',
  ],
  (env) => {
    const segmentation = segmentationOf(env.model)
    const { method, segments } = segmentation
    if (segments.length === 0) return block(env.model, 'none of its segments ever holds')
    if (method === 'modelChain' || method === 'multiModelChain') return chained(env, segmentation)
    if (method === 'selectFirst') return selected(env, segmentation)
    if (method === 'selectAll') {
      return block(
        env.model,
        'it has as many answers for a row as segments hold, and a row of a table has one',
        'Choose another multipleModelMethod, or convert its segments one by one.',
      )
    }
    const fused = fusedTrees(env, segmentation)
    if (fused) return fused
    return attribute(env.model, 'functionName') === 'classification'
      ? classesOfSegments(env, segmentation)
      : valueOfSegments(env, segmentation)
  },
)
