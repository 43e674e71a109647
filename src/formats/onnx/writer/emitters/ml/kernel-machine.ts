import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { supportCount } from '../../../../../core/ops/ml/kernel-machine.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { scalar } from './constants.ts'
import { times } from './linear.ts'
import { reducePairs } from './pairwise-terms.ts'

type KernelMachine = MlAttributes['ml.kernelMachine']

/** The kernels written out in float64: SVMClassifier and SVMRegressor compute in float. */
export const kernelMachine = mlEmitter('ml.kernelMachine', (node, attributes, ctx) => {
  const { coefficients, intercepts } = attributes
  const kernels = kernelValues(ctx, ctx.matrix(node), attributes)
  ctx.result(node, times(ctx, kernels, coefficients, intercepts.length, intercepts))
})

/** [N, S]: the kernel of each row and each support vector. */
function kernelValues(ctx: EmitContext, x: ValueName, attributes: KernelMachine): ValueName {
  const g = ctx.graph
  const { kernel, gamma, coef0, degree, supportVectors } = attributes
  const support = supportCount(attributes)
  const decay = (distance: ValueName) => g.op('Exp', [g.op('Mul', [distance, scalar(g, -gamma)])])
  const affine = () => {
    const scaled = supportVectors.map((value) => gamma * value)
    return times(ctx, x, scaled, support, new Float64Array(support).fill(coef0))
  }
  switch (kernel) {
    case 'rbf':
      return decay(reducePairs(ctx, x, supportVectors, support, ({ gap }) => g.op('Mul', [gap, gap])))
    case 'laplacian':
      return decay(reducePairs(ctx, x, supportVectors, support, ({ gap }) => g.op('Abs', [gap])))
    case 'poly':
      return g.op('Pow', [affine(), scalar(g, degree)])
    case 'sigmoid':
      return g.op('Tanh', [affine()])
    case 'cosine': {
      const norms = g.op('Sqrt', [g.op('ReduceSumSquare', [x, g.int64([1])], { keepdims: 1 })])
      const product = g.op('Mul', [norms, g.float64(rowNorms(supportVectors, support), [1, support])])
      const similarity = g.op('Div', [times(ctx, x, supportVectors, support), product])
      return g.op('Where', [g.op('Equal', [product, scalar(g, 0)]), scalar(g, 0), similarity])
    }
    default:
      return times(ctx, x, supportVectors, support)
  }
}

function rowNorms(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows
  return Float64Array.from({ length: rows }, (_, r) => Math.hypot(...matrix.subarray(r * columns, (r + 1) * columns)))
}
