import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { type LowerContext, mlLowering, type OnnxLowering } from '../../lowering.ts'
import { classifierResult, postTransform, SCORE_OPERATORS, twoScores } from './classifier-scores.ts'
import { classLabels, numberList } from './ml-attributes.ts'
import { asFloat32, columnCount, matrixInput } from './ml-inputs.ts'

type KernelMachine = MlAttributes['ml.kernelMachine']

const KERNELS: Readonly<Record<string, KernelMachine['kernel']>> = {
  LINEAR: 'linear',
  POLY: 'poly',
  RBF: 'rbf',
  SIGMOID: 'sigmoid',
}

/** kernel_params are gamma, coef0 and degree. */
function kernelOf(node: Node, ctx: LowerContext): Pick<KernelMachine, 'kernel' | 'gamma' | 'coef0' | 'degree'> {
  const type = String(node.attributes['kernel_type'] ?? 'LINEAR')
  const [gamma = 0, coef0 = 0, degree = 0] = numberList(node.attributes, 'kernel_params') ?? []
  const kernel = KERNELS[type] ?? ctx.block(`its kernel ${type} is unknown`)
  return { kernel, gamma, coef0, degree }
}

/**
 * Coefficients [pairs, S] of the one-versus-one machines from libsvm's compact [classes − 1, S]: for classes i < j the support
 * vectors of i weigh by row j − 1, those of j by row i.
 */
function pairCoefficients(compact: readonly number[], perClass: readonly number[]): Float64Array {
  const total = perClass.reduce((a, b) => a + b, 0)
  const starts = perClass.map((_, k) => perClass.slice(0, k).reduce((a, b) => a + b, 0))
  const rows: Float64Array[] = []
  for (let i = 0; i < perClass.length - 1; i++) {
    for (let j = i + 1; j < perClass.length; j++) {
      const row = new Float64Array(total)
      for (const [own, source] of [
        [i, j - 1],
        [j, i],
      ] as const) {
        const from = starts[own] as number
        for (let s = from; s < from + (perClass[own] as number); s++) row[s] = compact[source * total + s] ?? 0
      }
      rows.push(row)
    }
  }
  const all = new Float64Array(rows.length * total)
  for (const [i, row] of rows.entries()) all.set(row, i * total)
  return all
}

function pairDecisions(node: Node, ctx: LowerContext, perClass: readonly number[]): ValueName {
  const supportVectors = Float64Array.from(numberList(node.attributes, 'support_vectors') ?? [])
  const pairs = (perClass.length * (perClass.length - 1)) / 2
  const rho = numberList(node.attributes, 'rho') ?? []
  return ctx.hub.ml(
    'ml.kernelMachine',
    [matrixInput(node, ctx)],
    {
      ...kernelOf(node, ctx),
      supportVectors,
      coefficients: pairCoefficients(numberList(node.attributes, 'coefficients') ?? [], perClass),
      intercepts: Float64Array.from({ length: pairs }, (_, k) => rho[k] ?? 0),
    },
    { label: node.label ?? node.id },
  )
}

/** svmclassifier.cc, SVM_SVC: the label by votes, whatever the scores are. */
function pairwiseClassifier(node: Node, ctx: LowerContext, perClass: readonly number[]): void {
  const labels = classLabels(node.attributes)
  const classes = perClass.length
  const decisions = pairDecisions(node, ctx, perClass)
  const votes = ctx.hub.ml('ml.pairwiseVote', [decisions], { classes, confidence: false })
  const a = numberList(node.attributes, 'prob_a') ?? []
  const b = numberList(node.attributes, 'prob_b') ?? []
  const transform = node.attributes['post_transform'] ?? 'NONE'
  const scores = () => {
    if (a.length > 0) {
      const platt = { classes, a: Float64Array.from(a), b: Float64Array.from(b) }
      return postTransform(ctx.hub.ml('ml.pairwiseProbability', [decisions], platt), transform, ctx)
    }
    if (classes === 2) return twoScores(decisions, transform === 'NONE' ? 'decision' : 'probability', ctx)
    return postTransform(decisions, transform, ctx)
  }
  classifierResult(node, ctx, { value: votes, rule: 'argmax' }, labels, scores())
}

/** One row of coefficients per class and a common intercept. */
function linearMachine(node: Node, ctx: LowerContext, targets: number): ValueName {
  const x = matrixInput(node, ctx)
  const coefficients = Float64Array.from(numberList(node.attributes, 'coefficients') ?? [])
  if (coefficients.length !== targets * columnCount(x, ctx)) {
    return ctx.block(`it has ${coefficients.length} coefficients for ${columnCount(x, ctx)} columns`)
  }
  const intercepts = new Float64Array(targets).fill(numberList(node.attributes, 'rho')?.[0] ?? 0)
  return ctx.hub.ml('ml.linear', [x], { coefficients, intercepts }, { label: node.label ?? node.id })
}

function svmClassifier(node: Node, ctx: LowerContext): void {
  const perClass = numberList(node.attributes, 'vectors_per_class') ?? []
  if (perClass.reduce((a, b) => a + b, 0) > 0) return pairwiseClassifier(node, ctx, perClass)
  const labels = classLabels(node.attributes)
  if (labels.length <= 2) {
    ctx.block('it is a linear machine of two classes, whose labels ONNX Runtime does not choose by its scores')
  }
  const scores = linearMachine(node, ctx, labels.length)
  const transformed = postTransform(scores, node.attributes['post_transform'], ctx)
  classifierResult(node, ctx, { value: scores, rule: 'argmax' }, labels, transformed)
}

function svmRegressor(node: Node, ctx: LowerContext): void {
  const count = Number(node.attributes['n_supports'] ?? 0)
  const rho = numberList(node.attributes, 'rho')?.[0] ?? 0
  const value =
    count === 0
      ? linearMachine(node, ctx, 1)
      : ctx.hub.ml(
          'ml.kernelMachine',
          [matrixInput(node, ctx)],
          {
            ...kernelOf(node, ctx),
            supportVectors: Float64Array.from(numberList(node.attributes, 'support_vectors') ?? []),
            coefficients: Float64Array.from(numberList(node.attributes, 'coefficients') ?? []),
            intercepts: Float64Array.of(rho),
          },
          { label: node.label ?? node.id },
        )
  if (node.attributes['one_class']) {
    const label = ctx.hub.ml('ml.label', [value], { labels: [-1, 1], rule: 'threshold', threshold: 0 })
    const column = ctx.hub.op('Unsqueeze', [asFloat32(label, ctx), ctx.hub.int64([1])])
    return ctx.result(node, column)
  }
  ctx.result(node, asFloat32(postTransform(value, node.attributes['post_transform'], ctx), ctx))
}

/** Support vector machines of ai.onnx.ml, as ONNX Runtime's svmclassifier.cc and svmregressor.cc compute them. */
export const svmLowerings: readonly OnnxLowering[] = [
  mlLowering(
    'SVMClassifier',
    ['ml.kernelMachine', 'ml.pairwiseVote', 'ml.pairwiseProbability', 'Unsqueeze', ...SCORE_OPERATORS],
    svmClassifier,
  ),
  mlLowering(
    'SVMRegressor',
    ['ml.kernelMachine', 'ml.linear', 'ml.link', 'ml.label', 'Cast', 'Unsqueeze'],
    svmRegressor,
  ),
]
