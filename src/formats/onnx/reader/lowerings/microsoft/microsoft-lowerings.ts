import type { OnnxLowering } from '../../lowering.ts'
import { tokenizerLowering } from '../text.ts'
import { attentionLowerings } from './attention.ts'
import { fusedLowerings } from './fused.ts'
import { normalizationLowerings } from './normalization.ts'
import { quantizedLowerings } from './quantized.ts'

/** Operators of ONNX Runtime's own that have a lowering. */
export const microsoftLowerings: readonly OnnxLowering[] = [
  ...attentionLowerings,
  ...fusedLowerings,
  ...normalizationLowerings,
  ...quantizedLowerings,
  tokenizerLowering,
]
