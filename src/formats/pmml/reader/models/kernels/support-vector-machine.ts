import type { Category } from '../../../../../core/ir/model.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { FormulaBuilder, formulaOfValue } from '../../columns/formula.ts'
import { attribute, childrenNamed, requireAttribute } from '../../elements.ts'
import { parseValue } from '../../fields/data-type.ts'
import { classesFromScores } from '../class-scores.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { type ClassPrediction, columnOf, type ModelEnv, once, type Prediction } from '../prediction.ts'
import { type MachineTransform, machineDecisions, thresholdOf } from './machines.ts'

/** SupportVectorMachineModel (PMML 4.4), with JPMML-Evaluator's reading of both classification methods. */
export const supportVectorMachine: ModelLowering = lowering(
  'SupportVectorMachineModel',
  ['ml.kernelMachine', 'ml.linear', 'ml.pairwiseVote', 'ml.link', 'ml.label'],
  (env): Prediction => {
    const machines = childrenNamed(env.model, 'SupportVectorMachine')
    const [first] = machines
    if (!first) return block(env.model, 'it has no machines')
    if (attribute(env.model, 'functionName') !== 'classification') {
      if (machines.length > 1) return block(env.model, 'several machines for one number')
      return { kind: 'value', formula: formulaOfValue(machineDecisions(env, machines, [PLAIN])) }
    }
    const alternate = attribute(env.model, 'alternateBinaryTargetCategory')
    if (alternate !== undefined) return binary(env, first, alternate)
    const pairs = machines.every((machine) => attribute(machine, 'alternateTargetCategory') !== undefined)
    const method = attribute(env.model, 'classificationMethod') ?? (pairs ? 'OneAgainstOne' : 'OneAgainstAll')
    return method === 'OneAgainstOne' ? oneAgainstOne(env, machines) : oneAgainstAll(env, machines)
  },
)

const PLAIN: MachineTransform = { sign: 1, offset: 0 }

const labelOf = ({ target }: ModelEnv, text: string): Category => parseValue(text, target.dataType)

/** One machine that says 0 or 1, rounded. */
function binary(env: ModelEnv, machine: XmlElement, alternate: string): ClassPrediction {
  const names = [alternate, requireAttribute(machine, 'targetCategory')]
  const labels = names.map((name) => labelOf(env, name))
  const label = once(() => {
    const decision = machineDecisions(env, [machine], [PLAIN])
    return env.ctx.hub.ml('ml.label', [decision], { labels, rule: 'threshold', threshold: 0.5 })
  })
  return { kind: 'classes', labels, names, dataType: env.target.dataType, label }
}

/** The class whose machine gives the smallest number. */
function oneAgainstAll(env: ModelEnv, machines: readonly XmlElement[]): ClassPrediction {
  const names = machines.map((machine) => requireAttribute(machine, 'targetCategory'))
  const labels = names.map((name) => labelOf(env, name))
  const label = once(() => {
    const decisions = machineDecisions(
      env,
      machines,
      machines.map(() => PLAIN),
    )
    return env.ctx.hub.ml('ml.label', [decisions], { labels, rule: 'argmin' })
  })
  return { kind: 'classes', labels, names, dataType: env.target.dataType, label }
}

/** A number below the threshold is a vote for the target category, any other for the alternate one. */
function oneAgainstOne(env: ModelEnv, machines: readonly XmlElement[]): ClassPrediction {
  const { ctx, model, target } = env
  const pairs = machines.map((machine) => ({
    machine,
    below: requireAttribute(machine, 'targetCategory'),
    above: requireAttribute(machine, 'alternateTargetCategory'),
  }))
  const voted = new Set(pairs.flatMap(({ below, above }) => [below, above]))
  const listed = target.categories.map(({ text }) => text).filter((text) => voted.has(text))
  const names = listed.length === voted.size ? listed : [...voted]
  const labels = names.map((name) => labelOf(env, name))
  const ordered = libsvmOrder(names, pairs)
  const votes = once(() => {
    if (!ordered) return votesByPair(env, names, pairs)
    // A positive decision votes for the first of a pair: negate where that is the category below the threshold.
    const transforms = ordered.map(({ machine, below, first }): MachineTransform => {
      const threshold = thresholdOf(model, machine)
      return below === first ? { sign: -1, offset: threshold } : { sign: 1, offset: -threshold }
    })
    const decisions = machineDecisions(
      env,
      ordered.map(({ machine }) => machine),
      transforms,
    )
    return ctx.hub.ml('ml.pairwiseVote', [decisions], { classes: names.length, confidence: false })
  })
  return classesFromScores(env, { labels, names }, () => ctx.hub.ml('ml.link', [votes()], { function: 'simplemax' }))
}

interface Pair {
  readonly machine: XmlElement
  readonly below: string
  readonly above: string
}

/** The machines in the order (0, 1), (0, 2) …; undefined where a pair is missing. */
function libsvmOrder(names: readonly string[], pairs: readonly Pair[]): (Pair & { first: string })[] | undefined {
  const ordered: (Pair & { first: string })[] = []
  for (const [i, first] of names.entries()) {
    for (const second of names.slice(i + 1)) {
      const pair = pairs.find(
        ({ below, above }) => (below === first && above === second) || (below === second && above === first),
      )
      if (!pair) return undefined
      ordered.push({ ...pair, first })
    }
  }
  return ordered.length === pairs.length ? ordered : undefined
}

/** Votes of any set of pairs. */
function votesByPair(env: ModelEnv, names: readonly string[], pairs: readonly Pair[]): string {
  const { ctx, model } = env
  const decisions = machineDecisions(
    env,
    pairs.map(({ machine }) => machine),
    pairs.map(() => PLAIN),
  )
  const votes = names.map((name) => {
    const builder = new FormulaBuilder()
    const terms = pairs.flatMap(({ machine, below, above }, k): Expression[] => {
      if (below !== name && above !== name) return []
      const decision = builder.inline(columnOf(ctx, decisions, k))
      return [apply(below === name ? 'lessThan' : 'greaterOrEqual', decision, number(thresholdOf(model, machine)))]
    })
    return builder.build(
      terms.reduce((a, b) => apply('+', a, b), number(0)),
      false,
    )
  })
  return ctx.tables.matrix(votes)
}
