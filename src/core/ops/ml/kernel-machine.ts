import type { MlAttributes } from './attributes.ts'
import { matrixOf, mlSpec, requireNumbers, requireWidth, result, rowsBy } from './table.ts'

type KernelMachine = MlAttributes['ml.kernelMachine']

/** Σₛ coefficients[k, s] · kernel(supportVectors[s], x) + intercepts[k]. */
export const kernelMachine = mlSpec('ml.kernelMachine', {
  infer: (attributes, ctx) => {
    requireNumbers(ctx)
    const count = supportCount(attributes)
    if (count > 0) requireWidth(ctx, attributes.supportVectors.length / count)
    return [rowsBy(ctx, attributes.intercepts.length)]
  },
  evaluate: (attributes, inputs, ctx) => {
    const { intercepts, coefficients, supportVectors } = attributes
    const x = matrixOf(ctx.op, inputs)
    const support = supportCount(attributes)
    const outputs = intercepts.length
    const y = result(x.rows, outputs)
    const kernels = new Float64Array(support)
    for (let row = 0; row < x.rows; row++) {
      const vector = x.data.subarray(row * x.columns, (row + 1) * x.columns)
      for (let s = 0; s < support; s++) {
        kernels[s] = kernelValue(attributes, vector, supportVectors.subarray(s * x.columns, (s + 1) * x.columns))
      }
      for (let k = 0; k < outputs; k++) {
        let sum = 0
        for (let s = 0; s < support; s++) sum += (coefficients[k * support + s] as number) * (kernels[s] as number)
        y.data[row * outputs + k] = sum + (intercepts[k] as number)
      }
    }
    return [y]
  },
})

export function supportCount({ coefficients, intercepts }: KernelMachine): number {
  return coefficients.length / intercepts.length
}

/** The kernels of libsvm and scikit-learn (sklearn.metrics.pairwise). */
function kernelValue({ kernel, gamma, coef0, degree }: KernelMachine, x: Float64Array, v: Float64Array): number {
  if (kernel === 'rbf') return Math.exp(-gamma * sum(x, v, (a, b) => (a - b) * (a - b)))
  if (kernel === 'laplacian') return Math.exp(-gamma * sum(x, v, (a, b) => Math.abs(a - b)))
  const dot = sum(x, v, (a, b) => a * b)
  if (kernel === 'poly') return (gamma * dot + coef0) ** degree
  if (kernel === 'sigmoid') return Math.tanh(gamma * dot + coef0)
  if (kernel === 'cosine') {
    const norms = Math.sqrt(sum(x, x, (a, b) => a * b) * sum(v, v, (a, b) => a * b))
    return norms === 0 ? 0 : dot / norms
  }
  return dot
}

function sum(x: Float64Array, v: Float64Array, term: (a: number, b: number) => number): number {
  let total = 0
  for (let i = 0; i < x.length; i++) total += term(x[i] as number, v[i] as number)
  return total
}
