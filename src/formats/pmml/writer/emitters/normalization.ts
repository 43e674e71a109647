import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { number } from '../field.ts'
import { applied } from './columns.ts'
import { operandOf } from './rows.ts'

/** BatchNormalization at inference: factor · x + shift for each element of a row. */
export function batchFactors(ctx: PmmlContext, node: Node): { factor: number; shift: number }[] {
  const [scale, shift, mean, variance] = node.inputs.slice(1).map((value) => numbersOf(ctx.constant(value)))
  if (!scale || !shift || !mean || !variance) {
    return ctx.block(node, 'computed-parameter', 'a normalization by the statistics of each batch has no PMML form')
  }
  const { shape, size } = operandOf(ctx, node, node.inputs[0] ?? '')
  const perChannel = size / Math.max(1, shape[0] ?? 1)
  const epsilon = Number(node.attributes.epsilon ?? 1e-5)
  return Array.from({ length: size }, (_, i) => {
    const c = Math.floor(i / perChannel)
    const factor = (scale[c] ?? 1) / Math.sqrt((variance[c] ?? 1) + epsilon)
    return { factor, shift: (shift[c] ?? 0) - factor * (mean[c] ?? 0) }
  })
}

export const normalizationEmitters: Readonly<Record<string, Emitter>> = {
  BatchNormalization: (ctx, node) => {
    const factors = batchFactors(ctx, node)
    return ctx.columns(node.inputs[0] ?? '').map((x, i) => {
      const { factor, shift } = factors[i] ?? { factor: 1, shift: 0 }
      return applied(ctx, '+', applied(ctx, '*', x, number(factor)), number(shift))
    })
  },
}
