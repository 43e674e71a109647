import { PortolanError } from '../../../core/errors.ts'
import { convolutionLayers } from './convolution.ts'
import { coreLayers } from './core-layers.ts'
import type { KerasLowering } from './lowering.ts'
import { poolingLayers } from './pooling.ts'

/** A table of lowerings by operator; a duplicate is a programming error and is named. */
function loweringTable(...groups: readonly (readonly KerasLowering[])[]): ReadonlyMap<string, KerasLowering> {
  const table = new Map<string, KerasLowering>()
  for (const entry of groups.flat()) {
    if (table.has(entry.operator)) throw new PortolanError('internal', `the operator ${entry.operator} has two lowerings`)
    table.set(entry.operator, entry)
  }
  return table
}

/** Every Keras layer that has a lowering to the hub. */
export const LOWERINGS = loweringTable(coreLayers, convolutionLayers, poolingLayers)
