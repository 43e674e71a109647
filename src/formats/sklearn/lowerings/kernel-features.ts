import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { derivedFromAny, mapped } from './derived-columns.ts'
import { type Matrix, matrix, num, transposed, vector } from './estimator.ts'
import { kernelSum } from './kernels.ts'

/** K(x, components_) · normalization_ᵀ (sklearn/kernel_approximation.py, Nystroem). */
function nystroem(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const points = matrix(estimator.attr('components_'))
  return columnsOf(ctx, kernelSum(ctx, estimator, columns, points, matrix(estimator.attr('normalization_'))))
}

/**
 * KernelPCA.transform (sklearn/decomposition/_kernel_pca.py): with k the kernel of a row and the training rows, r and a
 * the centerer's row and grand means, (k − mean(k) − r + a) · w is linear in k: k · (w − mean(w)) + Σ (a − r) · w.
 */
function kernelPca(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const values = vector(estimator.firstAttr('eigenvalues_', 'lambdas_'))
  const vectors = transposed(matrix(estimator.firstAttr('eigenvectors_', 'alphas_')))
  const centerer = estimator.attr('_centerer')
  const [means, grandMean] = [vector(centerer.attr('K_fit_rows_')), centerer.attr('K_fit_all_').number()]
  const count = vectors.columns
  const weights = new Float64Array(vectors.data.length)
  const intercepts = new Float64Array(vectors.rows)
  for (let k = 0; k < vectors.rows; k++) {
    const deviation = Math.sqrt(values[k] as number)
    const own = vectors.data.subarray(k * count, (k + 1) * count).map((v) => (deviation > 0 ? v / deviation : 0))
    const mean = own.reduce((sum, w) => sum + w, 0) / count
    own.forEach((w, s) => {
      weights[k * count + s] = w - mean
      intercepts[k] = (intercepts[k] as number) + (grandMean - (means[s] as number)) * w
    })
  }
  const points = matrix(estimator.attr('X_fit_'))
  return columnsOf(ctx, kernelSum(ctx, estimator, columns, points, { ...vectors, data: weights }, intercepts))
}

/** cos(x · random_weights_ + random_offset_) · √(2 / components) of random Fourier features. */
function fourier(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const weights: Matrix = transposed(matrix(estimator.attr('random_weights_')))
  const intercepts = vector(estimator.attr('random_offset_'))
  const angles = ctx.builder.ml('ml.linear', numericTable(ctx, columns), { coefficients: weights.data, intercepts })
  const height = Math.sqrt(2 / weights.rows)
  return mapped(ctx, columnsOf(ctx, angles), (i) => apply('*', apply('cos', column(i)), number(height)))
}

/** Random Fourier features of log(x + skewedness). */
function skewedChi2(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const shift = number(num(estimator, 'skewedness', 1))
  return fourier(
    ctx,
    estimator,
    mapped(ctx, columns, (i) => apply('ln', apply('+', column(i), shift))),
  )
}

/** The sampled Fourier series of the additive χ² kernel, frequency by frequency; zeros stay zero. */
function additiveChi2(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const steps = num(estimator, 'sample_steps', 2)
  const interval =
    estimator.optional('sample_interval_')?.number() ??
    estimator.optional('sample_interval')?.number() ??
    ([0.8, 0.5, 0.4][steps - 1] as number)
  const whereNonzero = (i: number, value: Expression): Expression =>
    apply('if', apply('equal', column(i), number(0)), number(0), value)
  const wave = (i: number, factor: Expression, fn: 'cos' | 'sin', j: number): Expression =>
    whereNonzero(i, apply('*', factor, apply(fn, apply('*', number(j * interval), apply('ln', column(i))))))
  const expressions = columns.map((_, i) => apply('sqrt', apply('*', column(i), number(interval))))
  for (let j = 1; j < steps; j++) {
    const scale = number((2 * interval) / Math.cosh(Math.PI * j * interval))
    for (const fn of ['cos', 'sin'] as const) {
      columns.forEach((_, i) => {
        expressions.push(wave(i, apply('sqrt', apply('*', column(i), scale)), fn, j))
      })
    }
  }
  return derivedFromAny(ctx, columns, expressions)
}

const row = (
  name: string,
  transform: NonNullable<EstimatorLowering['transform']>,
  ...produces: EstimatorLowering['produces']
): EstimatorLowering => ({ operator: `sklearn.${name}`, produces: [...TABLE_OPS, ...produces], transform })

/** Features that stand for a kernel: computed over training rows, or approximated by random frequencies. */
export const kernelFeatures: readonly EstimatorLowering[] = [
  row('Nystroem', nystroem, 'ml.kernelMachine'),
  row('KernelPCA', kernelPca, 'ml.kernelMachine'),
  row('RBFSampler', fourier, 'ml.linear', 'ml.expression'),
  row('SkewedChi2Sampler', skewedChi2, 'ml.linear', 'ml.expression'),
  row('AdditiveChi2Sampler', additiveChi2, 'ml.expression'),
]
