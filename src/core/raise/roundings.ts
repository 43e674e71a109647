import type { RaiseRule } from './rewriting.ts'

/** Estimators whose results follow their inputs: rounding between them is an accident of the file. */
const CONTINUOUS: readonly string[] = [
  'ml.distance',
  'ml.label',
  'ml.link',
  'ml.linear',
  'ml.pairwiseProbability',
  'ml.pairwiseVote',
  'ml.scale',
]

/** What an estimator hands to another one is not rounded to float32 on the way. */
export const dropRoundings: RaiseRule = {
  replaces: CONTINUOUS,
  produces: [],
  rewrite: (node, rewriting) => {
    const inputs = node.inputs.map((value) => {
      const source = rewriting.uncast(value)
      return rewriting.producer(source)?.op.startsWith('ml.') ? source : value
    })
    return inputs.every((value, i) => value === node.inputs[i]) ? undefined : [{ ...node, inputs }]
  },
}
