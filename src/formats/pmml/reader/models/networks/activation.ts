import type { ValueName } from '../../../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import { block } from '../../blocked.ts'
import { attribute, numberAttribute } from '../../elements.ts'
import type { ModelEnv } from '../prediction.ts'

/** Activations that are tensor operators. */
const OPERATORS: Readonly<Record<string, string>> = { tanh: 'Tanh', logistic: 'Sigmoid', rectifier: 'Relu' }

/** The others, element by element (PMML 4.4, NeuralNetwork, activation functions). */
const EXPRESSIONS: Readonly<Record<string, (x: Expression, threshold: number) => Expression>> = {
  threshold: (x, threshold) => apply('threshold', x, number(threshold)),
  exponential: (x) => apply('exp', x),
  reciprocal: (x) => apply('/', number(1), x),
  square: (x) => apply('*', x, x),
  Gauss: (x) => apply('exp', apply('-', number(0), apply('*', x, x))),
  sine: (x) => apply('sin', x),
  cosine: (x) => apply('cos', x),
  Elliott: (x) => apply('/', x, apply('+', number(1), apply('abs', x))),
  arctan: (x) => apply('*', apply('atan', x), number(2 / Math.PI)),
}

/** A setting of a layer, or else of the network. */
export const layerSetting = (model: XmlElement, layer: XmlElement, name: string): string | undefined =>
  attribute(layer, name) ?? attribute(model, name)

export function activationOf(model: XmlElement, layer: XmlElement): string {
  return layerSetting(model, layer, 'activationFunction') ?? block(model, 'it has no activation function')
}

/** The layer's weighted sums [N, K] activated. */
export function activated({ ctx, model }: ModelEnv, layer: XmlElement, sums: ValueName, width: number): ValueName {
  const name = activationOf(model, layer)
  const leakage = numberAttribute(layer, 'leakage') ?? numberAttribute(model, 'leakage')
  if (name === 'identity') return sums
  if (name === 'rectifier' && leakage !== undefined) return ctx.hub.op('LeakyRelu', [sums], { alpha: leakage })
  const operator = OPERATORS[name]
  if (operator !== undefined) return ctx.hub.op(operator, [sums])
  const expression = EXPRESSIONS[name] ?? block(layer, `the activation function ${name} is not known`)
  const threshold = numberAttribute(layer, 'threshold') ?? numberAttribute(model, 'threshold') ?? 0
  const expressions = Array.from({ length: width }, (_, k) => expression(column(k), threshold))
  return ctx.hub.ml('ml.expression', [sums], { expressions, type: 'number' })
}
