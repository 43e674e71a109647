import type { OpSpec } from '../spec.ts'
import { binaryOps } from './binary.ts'
import { castOps } from './cast.ts'
import { clipOps } from './clip.ts'
import { convOps } from './conv.ts'
import { convTransposeOps } from './conv-transpose.ts'
import { createOps } from './create.ts'
import { gatherOps } from './gather.ts'
import { matMulOps } from './matmul.ts'
import { movementOps } from './movement.ts'
import { normalizationOps } from './normalization.ts'
import { padOps } from './pad.ts'
import { poolOps } from './pool.ts'
import { reduceOps } from './reduce.ts'
import { scatterOps } from './scatter.ts'
import { withSchema } from './schema.ts'
import { shapeOps } from './shape.ts'
import { sliceOps } from './slice.ts'
import { softmaxOps } from './softmax.ts'
import { sortOps } from './sort.ts'
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
]
  .flat()
  .map(withSchema)
