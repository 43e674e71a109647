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

const MODELS = [...MODEL_LOWERINGS.values()]

/** Everything that any model may become. */
const ALL = [...new Set([...FIELDS, ...MODELS.flatMap(({ produces }) => produces)])]

/** Source operators with the hub operators that they may become: the computed matrix reads this. */
export const LOWERING_FACTS: readonly LoweringFacts[] = [
  { operator: 'pmml.MiningField', produces: FIELDS },
  { operator: 'pmml.DerivedField', produces: FIELDS },
  // These may be the first to ask for another model's answer.
  { operator: 'pmml.OutputField', produces: ALL },
  { operator: 'pmml.MiningModel', produces: ALL },
  ...MODELS.filter(({ element }) => element !== 'MiningModel').map(({ element, produces }) => ({
    operator: `pmml.${element}`,
    produces: [...new Set([...FIELDS, ...produces])],
  })),
]
