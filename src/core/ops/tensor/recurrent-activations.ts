import { UnsupportedError } from '../../errors.ts'
import type { Attributes } from '../../ir/graph.ts'
import { number, optionalNumbers, texts } from './attributes.ts'
import { sigmoid, softplus } from './special-functions.ts'

type Scalar = (x: number) => number

interface ActivationRule {
  /** Defaults of alpha and beta; an activation without a default takes none from the lists. */
  readonly alpha?: number
  readonly beta?: number
  readonly make: (alpha: number, beta: number) => Scalar
}

/** Activations of RNN, GRU and LSTM, by lower-case name (operator documentation). */
const ACTIVATIONS: Readonly<Record<string, ActivationRule>> = {
  relu: { make: () => (x) => Math.max(0, x) },
  tanh: { make: () => Math.tanh },
  sigmoid: { make: () => sigmoid },
  softsign: { make: () => (x) => x / (1 + Math.abs(x)) },
  softplus: { make: () => softplus },
  affine: { alpha: 1, beta: 0, make: (alpha, beta) => (x) => alpha * x + beta },
  leakyrelu: { alpha: 0.01, make: (alpha) => (x) => (x >= 0 ? x : alpha * x) },
  thresholdedrelu: { alpha: 1, make: (alpha) => (x) => (x >= alpha ? x : 0) },
  scaledtanh: { alpha: 1, beta: 1, make: (alpha, beta) => (x) => alpha * Math.tanh(beta * x) },
  hardsigmoid: { alpha: 0.2, beta: 0.5, make: (alpha, beta) => (x) => Math.min(Math.max(alpha * x + beta, 0), 1) },
  elu: { alpha: 1, make: (alpha) => (x) => (x >= 0 ? x : alpha * Math.expm1(x)) },
}

/**
 * The activations of all directions, one list after the other; `clip` bounds what goes into them. Alphas and betas
 * are consumed in order, by those activations that take them.
 */
export function recurrentActivations(
  attributes: Attributes,
  defaults: readonly string[],
  directions: number,
): Scalar[] {
  const repeated = Array.from({ length: directions }, () => defaults).flat()
  const names = texts(attributes, 'activations', repeated)
  const alphas = [...(optionalNumbers(attributes, 'activation_alpha') ?? [])]
  const betas = [...(optionalNumbers(attributes, 'activation_beta') ?? [])]
  const clip = attributes['clip'] === undefined ? Number.POSITIVE_INFINITY : number(attributes, 'clip')
  return names.map((name) => {
    const rule = ACTIVATIONS[name.toLowerCase()]
    if (!rule) throw new UnsupportedError(`the activation ${name} of a recurrent operator`)
    const take = (fallback: number | undefined, list: number[]) =>
      fallback === undefined ? 0 : (list.shift() ?? fallback)
    const fn = rule.make(take(rule.alpha, alphas), take(rule.beta, betas))
    return Number.isFinite(clip) ? (x) => fn(Math.min(Math.max(x, -clip), clip)) : fn
  })
}
