import type { GraphBuilder, ValueName } from '../../../../../core/ir/builder.ts'
import type { LinkFunction } from '../../../../../core/ops/ml/attributes.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { scalar } from './constants.ts'
import { arctangent, expMinusOne, sigmoid } from './math/elementary.ts'
import { normalDistribution } from './math/error-function.ts'

type Emit = (g: GraphBuilder, y: ValueName) => ValueName

const negated: Emit = (g, y) => g.op('Neg', [y])
const exp: Emit = (g, y) => g.op('Exp', [y])

/** In float64 throughout; see math/ for what ONNX Runtime has no double kernels of. */
const LINKS: Readonly<Record<LinkFunction, Emit>> = {
  identity: (_, y) => y,
  logit: sigmoid,
  probit: normalDistribution,
  cloglog: (g, y) => negated(g, expMinusOne(g, negated(g, exp(g, y)))),
  loglog: (g, y) => exp(g, negated(g, exp(g, negated(g, y)))),
  cauchit: (g, y) => g.op('Add', [g.op('Div', [arctangent(g, y), scalar(g, Math.PI)]), scalar(g, 0.5)]),
  exp,
  inverse: (g, y) => g.op('Reciprocal', [y]),
  softmax: (g, y) => g.op('Softmax', [y], { axis: 1 }),
  simplemax: (g, y) => g.op('Div', [y, g.op('ReduceSum', [y, g.int64([1])], { keepdims: 1 })]),
}

export const link = mlEmitter('ml.link', (node, { function: name, complement }, ctx) => {
  const y = LINKS[name](ctx.graph, ctx.matrix(node))
  ctx.result(node, complement ? withComplement(ctx, y) : y)
})

function withComplement(ctx: EmitContext, p: ValueName): ValueName {
  const g = ctx.graph
  return g.op('Concat', [g.op('Sub', [scalar(g, 1), p]), p], { axis: 1 })
}
