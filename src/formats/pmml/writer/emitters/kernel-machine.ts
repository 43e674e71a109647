import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { Estimator } from '../estimator.ts'
import { type Column, formatNumber } from '../field.ts'
import { type ModelSpec, Scope } from '../segment.ts'

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
