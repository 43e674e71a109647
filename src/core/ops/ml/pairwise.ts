import { MalformedFileError } from '../../errors.ts'
import type { InferContext } from '../spec.ts'
import { matrixOf, mlSpec, result, rowsBy } from './table.ts'

export const pairCount = (classes: number): number => (classes * (classes - 1)) / 2

function requirePairs(ctx: InferContext, classes: number): void {
  const columns = ctx.inputs[0]?.shape?.[1]
  if (typeof columns === 'number' && columns !== pairCount(classes)) {
    throw new MalformedFileError(
      `${ctx.op} needs ${pairCount(classes)} decisions for ${classes} classes but gets ${columns}`,
    )
  }
}

/** Calls `visit(pair, i, j)` for the pairs (0,1), (0,2) … of libsvm's order. */
function forPairs(classes: number, visit: (pair: number, i: number, j: number) => void): void {
  let pair = 0
  for (let i = 0; i < classes; i++) for (let j = i + 1; j < classes; j++) visit(pair++, i, j)
}

/**
 * Votes of one-versus-one classifiers. With `confidence` as in scikit-learn's `_ovr_decision_function`
 * (sklearn/utils/multiclass.py), whose sums of confidences break ties without ever changing a majority.
 */
export const pairwiseVote = mlSpec('ml.pairwiseVote', {
  infer: ({ classes }, ctx) => {
    requirePairs(ctx, classes)
    return [rowsBy(ctx, classes)]
  },
  evaluate: ({ classes, confidence }, inputs, ctx) => {
    const d = matrixOf(ctx.op, inputs)
    const y = result(d.rows, classes)
    for (let row = 0; row < d.rows; row++) {
      const votes = y.data.subarray(row * classes, (row + 1) * classes)
      const sums = new Float64Array(classes)
      forPairs(classes, (pair, i, j) => {
        const decision = d.data[row * d.columns + pair] as number
        const winner = decision > 0 ? i : j
        votes[winner] = (votes[winner] as number) + 1
        sums[i] = (sums[i] as number) + decision
        sums[j] = (sums[j] as number) - decision
      })
      if (confidence) {
        for (const [k, sum] of sums.entries()) votes[k] = (votes[k] as number) + sum / (3 * (Math.abs(sum) + 1))
      }
    }
    return [y]
  },
})

/** libsvm's min_prob in svm_predict_probability. */
export const MIN_PROBABILITY = 1e-7

/** The bounds of libsvm's multiclass_probability: at least 100 iterations, and a gap of 0.005 / classes. */
export const couplingIterations = (classes: number): number => Math.max(100, classes)
export const couplingTolerance = (classes: number): number => 0.005 / classes

/**
 * Probabilities of one-versus-one classifiers: Platt's sigmoid per pair, then the coupling of Wu, Lin and Weng, "Probability
 * Estimates for Multi-class Classification by Pairwise Coupling" (JMLR 5, 2004), algorithm 2, with the starting point, order of
 * updates and stopping rule of libsvm (svm.cpp, multiclass_probability), so that unconverged results agree too. Two classes are
 * coupled as well, as in the libsvm of scikit-learn and ONNX Runtime; libsvm itself takes Platt's sigmoid there since 3.25.
 */
export const pairwiseProbability = mlSpec('ml.pairwiseProbability', {
  infer: ({ classes }, ctx) => {
    requirePairs(ctx, classes)
    return [rowsBy(ctx, classes)]
  },
  evaluate: ({ classes, a, b }, inputs, ctx) => {
    const d = matrixOf(ctx.op, inputs)
    const y = result(d.rows, classes)
    const r = new Float64Array(classes * classes)
    for (let row = 0; row < d.rows; row++) {
      forPairs(classes, (pair, i, j) => {
        const p = platt((d.data[row * d.columns + pair] as number) * (a[pair] as number) + (b[pair] as number))
        r[i * classes + j] = p
        r[j * classes + i] = 1 - p
      })
      couple(classes, r, y.data.subarray(row * classes, (row + 1) * classes))
    }
    return [y]
  },
})

/** 1 / (1 + exp(t)) without overflow, clipped away from 0 and 1. */
function platt(t: number): number {
  const p = t >= 0 ? Math.exp(-t) / (1 + Math.exp(-t)) : 1 / (1 + Math.exp(t))
  return Math.min(Math.max(p, MIN_PROBABILITY), 1 - MIN_PROBABILITY)
}

/** Solves min Σᵢ Σⱼ (rⱼᵢ pᵢ − rᵢⱼ pⱼ)² over probability vectors p by coordinate updates. */
function couple(classes: number, r: Float64Array, p: Float64Array): void {
  const q = new Float64Array(classes * classes)
  for (let t = 0; t < classes; t++) {
    p[t] = 1 / classes
    let diagonal = 0
    for (let j = 0; j < classes; j++) {
      if (j === t) continue
      const rjt = r[j * classes + t] as number
      diagonal += rjt * rjt
      q[t * classes + j] = -rjt * (r[t * classes + j] as number)
    }
    q[t * classes + t] = diagonal
  }
  const qp = new Float64Array(classes)
  const tolerance = couplingTolerance(classes)
  for (let iteration = 0; iteration < couplingIterations(classes); iteration++) {
    let pqp = 0
    for (let t = 0; t < classes; t++) {
      let product = 0
      for (let j = 0; j < classes; j++) product += (q[t * classes + j] as number) * (p[j] as number)
      qp[t] = product
      pqp += (p[t] as number) * product
    }
    if (qp.every((value) => Math.abs(value - pqp) < tolerance)) return
    for (let t = 0; t < classes; t++) {
      const qtt = q[t * classes + t] as number
      const step = (pqp - (qp[t] as number)) / qtt
      p[t] = (p[t] as number) + step
      pqp = (pqp + step * (step * qtt + 2 * (qp[t] as number))) / (1 + step) / (1 + step)
      for (let j = 0; j < classes; j++) {
        qp[j] = ((qp[j] as number) + step * (q[t * classes + j] as number)) / (1 + step)
        p[j] = (p[j] as number) / (1 + step)
      }
    }
  }
}
