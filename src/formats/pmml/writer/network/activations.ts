import type { Attributes } from '../../../../core/ir/graph.ts'
import { type Affine, combination } from './affine.ts'

/** Adds a layer of neurons with one of PMML's activation functions: what they give. */
export type AddLayer = (activation: string, sums: readonly Affine[]) => readonly Affine[]

/** An activation of tensor operators made of PMML's. */
type Activation = (add: AddLayer, sums: readonly Affine[], attributes: Attributes) => readonly Affine[]

const simple =
  (name: string): Activation =>
  (add, sums) =>
    add(name, sums)

const negative = (x: Affine): Affine => combination([[x, -1]])

/** The positive parts of x and of −x. */
function halves(add: AddLayer, sums: readonly Affine[]): [readonly Affine[], readonly Affine[]] {
  const both = add('rectifier', [...sums, ...sums.map(negative)])
  return [both.slice(0, sums.length), both.slice(sums.length)]
}

/** x above 0, slope · x below. */
function leaky(add: AddLayer, sums: readonly Affine[], slope: (i: number) => number): readonly Affine[] {
  const [above, below] = halves(add, sums)
  return above.map((positive, i) =>
    combination([
      [positive, 1],
      [below[i] ?? positive, -slope(i)],
    ]),
  )
}

/** gamma · x above 0, gamma · alpha · (eˣ − 1) below. */
function exponential(add: AddLayer, sums: readonly Affine[], alpha: number, gamma: number): readonly Affine[] {
  const [above, below] = halves(add, sums)
  const decayed = add('exponential', below.map(negative))
  return above.map((positive, i) =>
    combination(
      [
        [positive, gamma],
        [decayed[i] ?? positive, gamma * alpha],
      ],
      -gamma * alpha,
    ),
  )
}

/** x held between two bounds: low + (x − low)⁺ − (x − high)⁺. */
export function clipped(add: AddLayer, sums: readonly Affine[], low: number, high: number): readonly Affine[] {
  const bounds = [low, high].filter(Number.isFinite)
  const from = (x: Affine, bound: number) => combination([[x, 1]], -bound)
  const parts = add(
    'rectifier',
    bounds.flatMap((bound) => sums.map((x) => from(x, bound))),
  )
  return sums.map((x, i) => {
    if (!Number.isFinite(low))
      return combination([
        [x, 1],
        [parts[i] ?? x, -1],
      ])
    const raised = combination([[parts[i] ?? x, 1]], low)
    return Number.isFinite(high)
      ? combination([
          [raised, 1],
          [parts[sums.length + i] ?? x, -1],
        ])
      : raised
  })
}

const number = (attributes: Attributes, name: string, fallback: number) => Number(attributes[name] ?? fallback)

/** Selu's defaults, as ONNX has them. */
const SELU_ALPHA = 1.6732631921768188
const SELU_GAMMA = 1.0507010221481323

/** By operator; the parameters are ONNX's. */
export const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  Relu: simple('rectifier'),
  Tanh: simple('tanh'),
  Sigmoid: simple('logistic'),
  Exp: simple('exponential'),
  Sin: simple('sine'),
  Cos: simple('cosine'),
  Reciprocal: simple('reciprocal'),
  Softsign: simple('Elliott'),
  Abs: (add, sums) => leaky(add, sums, () => -1),
  LeakyRelu: (add, sums, attributes) => leaky(add, sums, () => number(attributes, 'alpha', 0.01)),
  Elu: (add, sums, attributes) => exponential(add, sums, number(attributes, 'alpha', 1), 1),
  Selu: (add, sums, attributes) =>
    exponential(add, sums, number(attributes, 'alpha', SELU_ALPHA), number(attributes, 'gamma', SELU_GAMMA)),
  HardSigmoid: (add, sums, attributes) => {
    const [alpha, beta] = [number(attributes, 'alpha', 0.2), number(attributes, 'beta', 0.5)]
    return clipped(
      add,
      sums.map((x) => combination([[x, alpha]], beta)),
      0,
      1,
    )
  },
}

/** PRelu: a slope for each element. */
export const sloped = (add: AddLayer, sums: readonly Affine[], slopes: readonly number[]): readonly Affine[] =>
  leaky(add, sums, (i) => slopes[i] ?? 0)
