import type { OnnxLowering } from '../../lowering.ts'
import { labelEncoderLowerings } from './label-encoders.ts'
import { linearLowerings } from './linear.ts'
import { svmLowerings } from './svm.ts'
import { transformerLowerings } from './transformers.ts'
import { treeEnsemble5Lowering } from './tree-ensemble-5.ts'
import { treeLowerings } from './tree-ensembles.ts'

/** Every operator of ai.onnx.ml that has a lowering. */
export const mlLowerings: readonly OnnxLowering[] = [
  ...labelEncoderLowerings,
  ...linearLowerings,
  ...svmLowerings,
  ...transformerLowerings,
  ...treeLowerings,
  treeEnsemble5Lowering,
]
