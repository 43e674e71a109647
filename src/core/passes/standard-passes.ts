import type { Graph } from '../ir/graph.ts'
import { eliminateDeadCode } from './dead-code.ts'
import { foldBatchNormalization } from './fold-batch-normalization.ts'
import { foldConstants } from './fold-constants.ts'
import { inferTypes } from './infer-types.ts'
import { mergeConstants } from './merge-constants.ts'
import { removeNoOps } from './no-ops.ts'
import { type Pass, type RunOptions, runPasses } from './pass.ts'
import { sinkTransposes } from './sink-transposes.ts'

/**
 * In this order: folding reveals shapes, shapes reveal no-ops; transposes move before convolutions are looked at, because
 * they stand between a convolution and its normalisation; what all of them leave behind is dropped last.
 */
export const STANDARD_PASSES: readonly Pass[] = [
  foldConstants,
  inferTypes,
  foldConstants,
  removeNoOps,
  sinkTransposes,
  removeNoOps,
  foldBatchNormalization,
  mergeConstants,
  eliminateDeadCode,
]

/** Cleans up what lowerings leave: constants computed, no-ops and needless transposes gone, normalisations folded. */
export function standardPasses(graph: Graph, options: RunOptions = {}): Promise<Graph> {
  return runPasses(graph, STANDARD_PASSES, options)
}
