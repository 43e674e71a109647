import { PortolanError } from '../../../core/errors.ts'
import { activationLayers } from './activation-layers.ts'
import { adaptivePoolingLayers } from './adaptive-pooling.ts'
import { applicationLayers } from './application-layers.ts'
import { attentionLayers } from './attention/attention-layers.ts'
import { convolutionLayers } from './convolution.ts'
import { coreLayers } from './core-layers.ts'
import { activationFunctions } from './functions/activation-functions.ts'
import { arithmeticFunctions } from './functions/arithmetic.ts'
import { arrayFunctions } from './functions/array-functions.ts'
import { imageFunctions } from './functions/image-functions.ts'
import { reductions } from './functions/reductions.ts'
import { shapeFunctions } from './functions/shape-functions.ts'
import { locallyConnectedLayers } from './locally-connected.ts'
import { lookupLayers } from './lookup.ts'
import type { KerasLowering } from './lowering.ts'
import { maskLayers } from './masking.ts'
import { mergeLayers } from './merge-layers.ts'
import { normalizationLayers } from './normalization.ts'
import { poolingLayers } from './pooling.ts'
import { preprocessingLayers } from './preprocessing.ts'
import { recurrentLayers } from './recurrent/recurrent-layers.ts'
import { resizingLayers } from './resizing.ts'
import { shapeLayers } from './shape-layers.ts'
import { wrapperLayers } from './wrappers.ts'

/** A table of lowerings by operator; a duplicate is a programming error and is named. */
function loweringTable(...groups: readonly (readonly KerasLowering[])[]): ReadonlyMap<string, KerasLowering> {
  const table = new Map<string, KerasLowering>()
  for (const entry of groups.flat()) {
    if (table.has(entry.operator))
      throw new PortolanError('internal', `the operator ${entry.operator} has two lowerings`)
    table.set(entry.operator, entry)
  }
  return table
}

const LAYERS = [
  coreLayers,
  activationLayers,
  convolutionLayers,
  locallyConnectedLayers,
  poolingLayers,
  adaptivePoolingLayers,
  normalizationLayers,
  shapeLayers,
  resizingLayers,
  mergeLayers,
  maskLayers,
  preprocessingLayers,
  lookupLayers,
  recurrentLayers,
  attentionLayers,
  applicationLayers,
  arithmeticFunctions,
  activationFunctions,
  shapeFunctions,
  reductions,
  arrayFunctions,
  imageFunctions,
]

/** Every Keras layer that has a lowering to the hub. */
export const LOWERINGS = loweringTable(...LAYERS, wrapperLayers(LAYERS.flat()))
