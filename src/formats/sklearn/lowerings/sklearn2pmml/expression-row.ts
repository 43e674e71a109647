import { TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering } from '../context.ts'

/** The row of a sklearn2pmml transformer that becomes expressions over columns. */
export const expressionRow = (
  name: string,
  transform: NonNullable<EstimatorLowering['transform']>,
): EstimatorLowering => ({
  operator: `sklearn2pmml.${name}`,
  produces: [...TABLE_OPS, 'ml.expression'],
  transform,
})
