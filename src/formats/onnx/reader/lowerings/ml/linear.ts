import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import { type LowerContext, mlLowering, type OnnxLowering } from '../../lowering.ts'
import { classifierResult, postTransform, SCORE_OPERATORS, twoScores } from './classifier-scores.ts'
import { classLabels, numberList } from './ml-attributes.ts'
import { asFloat32, knownColumnCount, matrixInput } from './ml-inputs.ts'

/** x · coefficientsᵀ + intercepts, one row of coefficients per target. */
function linearScores(node: Node, ctx: LowerContext, targets: number): ValueName {
  const x = matrixInput(node, ctx)
  const coefficients = Float64Array.from(numberList(node.attributes, 'coefficients') ?? [])
  const columns = knownColumnCount(x, ctx) ?? coefficients.length / targets
  if (coefficients.length !== targets * columns) {
    return ctx.block(`it has ${coefficients.length} coefficients for ${targets} targets and ${columns} columns`)
  }
  const intercepts = numberList(node.attributes, 'intercepts') ?? []
  const { dtype, shape } = ctx.type(x)
  ctx.hub.refine(x, { dtype, shape: [shape?.[0] ?? null, columns] })
  return ctx.hub.ml(
    'ml.linear',
    [x],
    { coefficients, intercepts: Float64Array.from({ length: targets }, (_, k) => intercepts[k] ?? 0) },
    { label: node.label ?? node.id },
  )
}

function linearRegressor(node: Node, ctx: LowerContext): void {
  const scores = linearScores(node, ctx, Number(node.attributes['targets'] ?? 1))
  ctx.result(node, asFloat32(postTransform(scores, node.attributes['post_transform'], ctx), ctx))
}

/** Whether two classes are one decision and its negative, as skl2onnx writes a binary logistic regression. */
function isMirrored(node: Node): boolean {
  const coefficients = numberList(node.attributes, 'coefficients') ?? []
  const [b0 = 0, b1 = 0] = numberList(node.attributes, 'intercepts') ?? []
  const half = coefficients.length / 2
  return b0 === -b1 && coefficients.slice(0, half).every((c, i) => c === -(coefficients[half + i] ?? Number.NaN))
}

/** The positive half of a mirrored pair. */
function positiveHalf(node: Node): Node {
  const coefficients = numberList(node.attributes, 'coefficients') ?? []
  const intercepts = numberList(node.attributes, 'intercepts') ?? []
  return {
    ...node,
    attributes: {
      ...node.attributes,
      coefficients: coefficients.slice(coefficients.length / 2),
      intercepts: intercepts.slice(1),
    },
  }
}

/** linearclassifier.cc: one target and two labels is a decision; more are one-versus-rest scores. */
function linearClassifier(node: Node, ctx: LowerContext): void {
  const labels = classLabels(node.attributes)
  const targets = numberList(node.attributes, 'intercepts')?.length ?? labels.length
  const transform = node.attributes['post_transform']
  if (targets === 1) {
    const score = linearScores(node, ctx, 1)
    const two = labels.length === 2
    // ONNX Runtime leaves a post_transform of a single score out.
    const scores = two ? twoScores(score, 'probability', ctx) : score
    const names = two ? labels : typeof labels[0] === 'string' ? ['0', '1'] : [0, 1]
    return classifierResult(node, ctx, { value: score, rule: 'threshold', threshold: 0 }, names, scores)
  }
  if (targets !== labels.length) ctx.block(`it has ${targets} targets for ${labels.length} labels`)
  if (targets === 2 && transform === 'LOGISTIC' && isMirrored(node)) {
    const score = linearScores(positiveHalf(node), ctx, 1)
    const scores = ctx.hub.ml('ml.link', [score], { function: 'logit', complement: true })
    return classifierResult(node, ctx, { value: scores, rule: 'argmax' }, labels, scores)
  }
  const scores = postTransform(linearScores(node, ctx, targets), transform, ctx)
  classifierResult(node, ctx, { value: scores, rule: 'argmax' }, labels, scores)
}

/** Linear models of ai.onnx.ml, as ONNX Runtime's linearregressor.cc and linearclassifier.cc compute them. */
export const linearLowerings: readonly OnnxLowering[] = [
  mlLowering('LinearRegressor', ['ml.linear', 'ml.link', 'Cast', 'Unsqueeze'], linearRegressor),
  mlLowering('LinearClassifier', [...SCORE_OPERATORS, 'Unsqueeze'], linearClassifier),
]
