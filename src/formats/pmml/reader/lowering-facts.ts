import type { LoweringFacts } from '../../../core/format.ts'
import { MODEL_LOWERINGS } from './models/registry.ts'

/** What fields become when a model asks for them, besides what makes up the model itself. */
const FIELDS = [
  'ml.expression',
  'ml.impute',
  'ml.oneHot',
  'ml.tokenCounts',
  'ml.treeEnsemble',
  'Cast',
  'Concat',
  'Gather',
  'Identity',
  'Squeeze',
  'Unsqueeze',
] as const

/** Source operators with the hub operators that they may become: the computed matrix reads this. */
export const LOWERING_FACTS: readonly LoweringFacts[] = [
  { operator: 'pmml.MiningField', produces: FIELDS },
  { operator: 'pmml.DerivedField', produces: FIELDS },
  // An output field may be the first to ask for a model's label or probabilities.
  {
    operator: 'pmml.OutputField',
    produces: [...new Set([...FIELDS, ...[...MODEL_LOWERINGS.values()].flatMap(({ produces }) => produces)])],
  },
  ...[...MODEL_LOWERINGS.values()].map(({ element, produces }) => ({
    operator: `pmml.${element}`,
    produces: [...new Set([...FIELDS, ...produces])],
  })),
]
