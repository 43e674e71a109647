import type { OpSpec } from '../spec.ts'
import { binaryOps } from './binary.ts'
import { castOps } from './cast.ts'
import { clipOps } from './clip.ts'
import { controlFlowOps } from './control-flow.ts'
import { convOps } from './conv.ts'
import { convTransposeOps } from './conv-transpose.ts'
import { createOps } from './create.ts'
import { detectionOps } from './detection.ts'
import { einsumOps } from './einsum.ts'
import { gatherOps } from './gather.ts'
import { gridSampleOps } from './grid-sample.ts'
import { matMulOps } from './matmul.ts'
import { movementOps } from './movement.ts'
import { normalizationOps } from './normalization.ts'
import { padOps } from './pad.ts'
import { poolOps } from './pool.ts'
import { quantizeOps } from './quantize.ts'
import { recurrentOps } from './recurrent.ts'
import { reduceOps } from './reduce.ts'
import { resizeOps } from './resize.ts'
import { scatterOps } from './scatter.ts'
import { withSchema } from './schema.ts'
import { shapeOps } from './shape.ts'
import { sliceOps } from './slice.ts'
import { softmaxOps } from './softmax.ts'
import { sortOps } from './sort.ts'
import { textOps } from './text.ts'
import { tfIdfOps } from './tf-idf.ts'
import { unaryOps } from './unary.ts'

/** The hub's tensor operators: ONNX's own, at the pinned opset. */
export const tensorOps: readonly OpSpec[] = [
  unaryOps,
  clipOps,
  binaryOps,
  castOps,
  shapeOps,
  movementOps,
  sliceOps,
  padOps,
  gatherOps,
  scatterOps,
  createOps,
  reduceOps,
  softmaxOps,
  sortOps,
  matMulOps,
  convOps,
  convTransposeOps,
  poolOps,
  normalizationOps,
  controlFlowOps,
  detectionOps,
  einsumOps,
  gridSampleOps,
  quantizeOps,
  recurrentOps,
  resizeOps,
  textOps,
  tfIdfOps,
]
  .flat()
  .map(withSchema)
