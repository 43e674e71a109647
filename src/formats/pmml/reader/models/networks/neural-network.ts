import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { type Formula, mapFormula } from '../../columns/formula.ts'
import { attribute, childrenNamed, describe, requireAttribute, requireChild, requireNumber } from '../../elements.ts'
import { expressionChild } from '../../expressions/compile.ts'
import { parseValue } from '../../fields/data-type.ts'
import { classesFromScores } from '../class-scores.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import { columnOf, columnOfVector, type ModelEnv, type ModelResult, type TargetPrediction } from '../prediction.ts'
import { rescaled, type Target, targetNamed } from '../target.ts'
import { networkLayers } from './layers.ts'

/** NeuralNetwork (PMML 4.4). */
export const neuralNetwork: ModelLowering = lowering(
  'NeuralNetwork',
  ['ml.linear', 'ml.link', 'ml.label', 'Tanh', 'Sigmoid', 'Relu', 'LeakyRelu'],
  (env): ModelResult => {
    const layers = networkLayers(env)
    const neuron = (id: string): Formula => {
      const layer = layers.findLast(({ columns }) => columns.has(id))
      const [value] = layer?.values ?? []
      if (!layer || value === undefined) return block(env.model, `there is no neuron ${id}`)
      return columnOf(env.ctx, value, layer.columns.get(id) as number)
    }
    const outputs = childrenNamed(requireChild(env.model, 'NeuralOutputs'), 'NeuralOutput').map((element) =>
      neuralOutput(env, element),
    )
    const byTarget = new Map<string, NeuralOutput[]>()
    for (const output of outputs) {
      const list = byTarget.get(output.target)
      if (list) list.push(output)
      else byTarget.set(output.target, [output])
    }
    const predictions = [...byTarget].map(([name, list]): TargetPrediction => {
      const target = name === env.target.name ? env.target : targetNamed(env.ctx, env.model, name)
      return attribute(env.model, 'functionName') === 'classification'
        ? classes({ ...env, target }, list, neuron)
        : value(target, list, neuron)
    })
    return { predictions, outputs: [] }
  },
)

/** What an output neuron says. */
interface NeuralOutput {
  readonly element: XmlElement
  readonly target: string
  readonly neuron: string
  readonly expression: XmlElement
}

/** The expression of an output is that of its DerivedField, or of the one that it refers to. */
function neuralOutput({ ctx }: ModelEnv, element: XmlElement): NeuralOutput {
  const neuron = requireAttribute(element, 'outputNeuron')
  const own = expressionChild(requireChild(element, 'DerivedField')) ?? block(element, 'it has no expression')
  const derived =
    own.name === 'FieldRef'
      ? ctx.document.derivedFields.find((field) => attribute(field, 'name') === attribute(own, 'field'))
      : undefined
  const expression = (derived && expressionChild(derived)) ?? own
  return { element, target: requireAttribute(expression, 'field'), neuron, expression }
}

function classes(env: ModelEnv, outputs: readonly NeuralOutput[], neuron: (id: string) => Formula): TargetPrediction {
  const { ctx, target } = env
  const names = outputs.map(({ element, expression }) => {
    if (expression.name !== 'NormDiscrete') return block(element, `${describe(expression)} of a class`)
    return requireAttribute(expression, 'value')
  })
  const labels = names.map((name) => parseValue(name, target.dataType))
  const prediction = classesFromScores(env, { labels, names }, () =>
    ctx.tables.matrix(outputs.map((output) => neuron(output.neuron))),
  )
  const entity = (): Formula =>
    mapFormula(columnOfVector(ctx, prediction.label(), target.dataType === 'string'), true, (arg) => ({
      kind: 'lookup',
      arg,
      keys: labels,
      values: outputs.map((output) => output.neuron),
      type: 'string',
    }))
  return { target, prediction: { ...prediction, entity } }
}

function value(target: Target, outputs: readonly NeuralOutput[], neuron: (id: string) => Formula): TargetPrediction {
  const [output] = outputs as [NeuralOutput]
  if (outputs.length > 1) return block(output.element, 'several neurons for one number')
  const raw = neuron(output.neuron)
  const formula =
    output.expression.name === 'FieldRef'
      ? raw
      : output.expression.name === 'NormContinuous'
        ? denormalized(output.expression, raw)
        : block(output.element, `${describe(output.expression)} of a number`)
  return { target, prediction: { kind: 'value', formula: rescaled(formula, target) } }
}

/** The inverse of a piecewise linear function; its last segments go on (PMML 4.4, NormContinuous). */
function denormalized(element: XmlElement, formula: Formula): Formula {
  const norms = childrenNamed(element, 'LinearNorm').map((norm) => ({
    orig: requireNumber(norm, 'orig'),
    norm: requireNumber(norm, 'norm'),
  }))
  const [a, b] = norms
  if (norms.length === 2 && a && b) {
    const slope = (b.orig - a.orig) / (b.norm - a.norm)
    return mapFormula(formula, false, (x): Expression => {
      const shifted = a.norm === 0 ? x : apply('-', x, number(a.norm))
      const scaled = slope === 1 ? shifted : apply('*', shifted, number(slope))
      return a.orig === 0 ? scaled : apply('+', scaled, number(a.orig))
    })
  }
  const ascending = norms.toSorted((p, q) => p.norm - q.norm)
  return mapFormula(formula, false, (arg) => ({
    kind: 'interpolate',
    arg,
    x: ascending.map(({ norm }) => norm),
    y: ascending.map(({ orig }) => orig),
    outliers: 'extrapolate',
  }))
}
