import type { Category } from '../../../../../core/ir/model.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder } from '../../columns/formula.ts'
import { classesFromScores } from '../class-scores.ts'
import { type ClassPrediction, columnOf, columnOfVector, type ModelEnv, once, type Prediction } from '../prediction.ts'
import { combined, conditionOf, type Part } from './combine-values.ts'
import { prototypeScores } from './prototype-classes.ts'
import type { Segment, Segmentation } from './segments.ts'

interface Voter {
  readonly segment: Segment
  readonly prediction: ClassPrediction
  readonly condition?: Formula
}

/** Votes and averages of any models' classes (JPMML-Evaluator, SegmentationlUtil). */
export function classesOfSegments(env: ModelEnv, segmentation: Segmentation): Prediction {
  const voters = segmentation.segments.map((segment): Voter => {
    const [only] = env.nested(segment.model).predictions
    if (only?.prediction.kind !== 'classes') return block(segment.element, 'its model gives no class')
    return { segment, prediction: only.prediction, ...conditionOf(env, segment) }
  })
  const { labels, names } = classesOf(env, voters)
  switch (segmentation.method) {
    case 'majorityVote':
    case 'weightedMajorityVote':
      return voted(env, segmentation, voters, { labels, names })
    case 'average':
    case 'weightedAverage':
      return classesFromScores(env, { labels, names }, () =>
        env.ctx.tables.matrix(labels.map((label) => combined(env, segmentation, probabilitiesOf(env, voters, label)))),
      )
    case 'max':
    case 'median': {
      const { method } = segmentation
      const members = () =>
        voters.map((voter) => ({
          scores: env.ctx.tables.matrix(labels.map((label) => probabilityOf(env, voter, label))),
          ...(voter.condition ? { condition: voter.condition } : {}),
        }))
      return classesFromScores(env, { labels, names }, () => prototypeScores(env, method, members(), labels.length))
    }
    default:
      return block(
        env.model,
        `the method ${segmentation.method} of classes`,
        'Average the probabilities, or let the models vote.',
      )
  }
}

/** The classes as the data dictionary lists them, or else as the first model does; the first of equals wins. */
function classesOf({ target }: ModelEnv, voters: readonly Voter[]): Pick<ClassPrediction, 'labels' | 'names'> {
  const [{ prediction }] = voters as [Voter]
  const known = new Set(prediction.labels.map(String))
  const listed = target.categories.filter(({ label }) => known.has(String(label)))
  if (listed.length !== prediction.labels.length) return prediction
  return { labels: listed.map(({ label }) => label), names: listed.map(({ text }) => text) }
}

/** The probability that a model gives a class. */
function probabilityOf({ ctx, model }: ModelEnv, { prediction }: Voter, label: Category): Formula {
  const { scores, labels } = prediction
  if (!scores) return block(model, 'a segment has no probabilities to average')
  const index = labels.findIndex((each) => String(each) === String(label))
  return index < 0 ? { expression: number(0), sources: [], isText: false } : columnOf(ctx, scores(), index)
}

function probabilitiesOf(env: ModelEnv, voters: readonly Voter[], label: Category): Part[] {
  return voters.map((voter): Part => {
    const { segment, condition } = voter
    return { value: probabilityOf(env, voter, label), weight: segment.weight, ...(condition ? { condition } : {}) }
  })
}

/** Each model's label is a vote; votes are normalized. A model without an answer does not vote. */
function voted(
  env: ModelEnv,
  { method }: Segmentation,
  voters: readonly Voter[],
  classes: { labels: readonly Category[]; names: readonly string[] },
): ClassPrediction {
  const { ctx } = env
  const isText = classes.labels.some((label) => typeof label === 'string')
  const ballots = once(() => voters.map(({ prediction }) => columnOfVector(ctx, prediction.label(), isText)))
  const votesFor = (label: Category): Formula => {
    const builder = new FormulaBuilder()
    const terms = voters.map(({ segment, condition }, i): Expression => {
      const weight = /^weighted/.test(method) ? segment.weight : 1
      const constant: Expression = { kind: 'constant', value: label, type: isText ? 'string' : 'number' }
      const ballot = builder.inline(ballots()[i] as Formula)
      const matches: Expression = { kind: 'apply', function: 'equal', args: [ballot, constant], mapMissingTo: 0 }
      const counts = condition ? apply('and', builder.inline(condition), matches) : matches
      return apply('*', counts, number(weight))
    })
    return builder.build(
      terms.reduce((a, b) => apply('+', a, b)),
      false,
    )
  }
  return classesFromScores(env, classes, () =>
    ctx.hub.ml('ml.link', [ctx.tables.matrix(classes.labels.map(votesFor))], { function: 'simplemax' }),
  )
}
