import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { Estimator } from '../estimator.ts'
import { type Column, formatNumber } from '../field.ts'
import { type ModelSpec, Scope } from '../segment.ts'
import { applied } from './columns.ts'

/** ml.kernelMachine as SupportVectorMachineModel, one for each decision. */
export const kernelMachine: Estimator = {
  op: 'ml.kernelMachine',
  regression(ctx, node) {
    const attributes = node.attributes as unknown as MlAttributes['ml.kernelMachine']
    const columns = ctx.table(node)
    return Array.from(attributes.intercepts, (_, k) => machine(ctx, node, attributes, columns, k))
  },
}

function machine(
  ctx: PmmlContext,
  node: Node,
  attributes: MlAttributes['ml.kernelMachine'],
  columns: readonly Column[],
  k: number,
): ModelSpec {
  const { supportVectors, coefficients, intercepts } = attributes
  const scope = new Scope()
  const count = coefficients.length / intercepts.length
  const weights = coefficients.subarray(k * count, (k + 1) * count)
  const used = Array.from(weights.keys()).filter((s) => weights[s] !== 0)
  const vectors = used.map((s) => {
    const row = supportVectors.subarray(s * columns.length, (s + 1) * columns.length)
    return el(
      'VectorInstance',
      { id: `v${s + 1}` },
      el('Array', { type: 'real', n: row.length }, Array.from(row, formatNumber).join(' ')),
    )
  })
  const fields = columns.map((column) => el('FieldRef', { field: scope.use(ctx.field(column)) }))
  return {
    element: 'SupportVectorMachineModel',
    functionName: 'regression',
    attributes: { svmRepresentation: 'SupportVectors' },
    scope,
    content: [
      kernelElement(ctx, node, attributes),
      el(
        'VectorDictionary',
        { numberOfVectors: vectors.length },
        el('VectorFields', { numberOfFields: fields.length }, fields),
        vectors,
      ),
      el(
        'SupportVectorMachine',
        {},
        el(
          'SupportVectors',
          {},
          used.map((s) => el('SupportVector', { vectorId: `v${s + 1}` })),
        ),
        el(
          'Coefficients',
          { absoluteValue: formatNumber(intercepts[k] ?? 0) },
          used.map((s) => el('Coefficient', { value: formatNumber(weights[s] ?? 0) })),
        ),
      ),
    ],
    origin: node.origin,
  }
}

function kernelElement(ctx: PmmlContext, node: Node, attributes: MlAttributes['ml.kernelMachine']): Element {
  const { kernel, degree } = attributes
  const gamma = formatNumber(attributes.gamma)
  const coef0 = formatNumber(attributes.coef0)
  switch (kernel) {
    case 'linear':
      return el('LinearKernelType')
    case 'poly':
      return el('PolynomialKernelType', { gamma, coef0, degree: formatNumber(degree) })
    case 'rbf':
      return el('RadialBasisKernelType', { gamma })
    case 'sigmoid':
      return el('SigmoidKernelType', { gamma, coef0 })
    default:
      return ctx.block(node, 'unsupported-kernel', `PMML has no ${kernel} kernel`, 'Convert to ONNX instead.')
  }
}

/** What follows one-versus-one decisions. */
export const pairwiseEmitters: Readonly<Record<string, Emitter>> = {
  'ml.pairwiseVote': pairwiseVote,
  'ml.pairwiseProbability': pairwiseProbability,
}

const number = (value: number): Column => ({ kind: 'constant', value })

/** The decisions of class `k`, and whether a positive one speaks for it. */
function decisionsOf(decisions: readonly Column[], classes: number, k: number): { decision: Column; first: boolean }[] {
  const found: { decision: Column; first: boolean }[] = []
  let at = 0
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) {
      const decision = decisions[at++]
      if (decision && (i === k || j === k)) found.push({ decision, first: i === k })
    }
  }
  return found
}

function pairwiseVote(ctx: PmmlContext, node: Node): readonly Column[] {
  const { classes, confidence } = node.attributes as unknown as MlAttributes['ml.pairwiseVote']
  const decisions = ctx.columns(node.inputs[0] ?? '')
  return Array.from({ length: classes }, (_, k) => {
    const own = decisionsOf(decisions, classes, k)
    const votes = sum(
      ctx,
      own.map(({ decision, first }) => {
        const [yes, no] = first ? [1, 0] : [0, 1]
        return applied(ctx, 'if', applied(ctx, 'greaterThan', decision, number(0)), number(yes), number(no))
      }),
    )
    if (!confidence) return votes
    const strength = sum(
      ctx,
      own.map(({ decision, first }) => (first ? decision : applied(ctx, '-', number(0), decision))),
    )
    const named: Column = { kind: 'field', field: ctx.field(strength, `confidence(${k})`) }
    const scale = applied(ctx, '*', number(3), applied(ctx, '+', applied(ctx, 'abs', named), number(1)))
    return applied(ctx, '+', votes, applied(ctx, '/', named, scale))
  })
}

const sum = (ctx: PmmlContext, terms: readonly Column[]) =>
  terms.length === 1 && terms[0] ? terms[0] : applied(ctx, 'sum', ...terms)

/** Two classes need no coupling: Platt's sigmoid is the answer. For more, libsvm iterates, and PMML can not. */
function pairwiseProbability(ctx: PmmlContext, node: Node): readonly Column[] {
  const { classes, a, b } = node.attributes as unknown as MlAttributes['ml.pairwiseProbability']
  if (classes !== 2) {
    return ctx.block(
      node,
      'pairwise-coupling',
      `libsvm's probabilities of ${classes} classes come from an iteration that PMML can not express`,
      'Convert to ONNX for the probabilities; the label is not affected.',
    )
  }
  const decision = ctx.columns(node.inputs[0] ?? '')[0] ?? number(0)
  const exponent = applied(ctx, '+', applied(ctx, '*', number(a[0] ?? 0), decision), number(b[0] ?? 0))
  const sigmoid = applied(ctx, '/', number(1), applied(ctx, '+', number(1), applied(ctx, 'exp', exponent)))
  const clipped = applied(ctx, 'min', applied(ctx, 'max', sigmoid, number(1e-7)), number(1 - 1e-7))
  const first: Column = { kind: 'field', field: ctx.field(clipped, `${node.id}(0)`) }
  return [first, applied(ctx, '-', number(1), first)]
}
