import { PortolanError } from '../../../core/errors.ts'
import { composition } from './composition.ts'
import type { EstimatorLowering } from './context.ts'
import { forests } from './forests.ts'
import { linearModels } from './linear-models.ts'
import { scalers } from './scalers.ts'
import { stochasticGradient } from './stochastic-gradient.ts'

/** Every estimator that has a lowering. */
export const lowerings: readonly EstimatorLowering[] = [
  ...composition,
  ...scalers,
  ...linearModels,
  ...stochasticGradient,
  ...forests,
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
