import type { GraphBuilder, ValueName } from '../../../../../core/ir/builder.ts'
import { tensorOf } from '../../../../../core/ir/tensor.ts'
import {
  couplingIterations,
  couplingTolerance,
  MIN_PROBABILITY,
  pairCount,
} from '../../../../../core/ops/ml/pairwise.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { scalar } from './constants.ts'
import { times } from './linear.ts'
import { add, div, mul, sigmoid, sub, where } from './math/elementary.ts'

/** [classes, pairs]: `first` at the first class of each pair of libsvm's order, `second` at the second. */
function pairMatrix(classes: number, first: number, second: number): Float64Array {
  const pairs = pairCount(classes)
  const matrix = new Float64Array(classes * pairs)
  let pair = 0
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++, pair++) {
      matrix[i * pairs + pair] = first
      matrix[j * pairs + pair] = second
    }
  }
  return matrix
}

/** Votes are sums over pairs, so products with a matrix of 0, 1 and −1. */
export const pairwiseVote = mlEmitter('ml.pairwiseVote', (node, { classes, confidence }, ctx) => {
  const g = ctx.graph
  const decisions = ctx.matrix(node)
  const product = (value: ValueName, first: number, second: number) =>
    times(ctx, value, pairMatrix(classes, first, second), classes)
  const isFirst = g.op('Greater', [decisions, scalar(g, 0)])
  const votes = add(
    g,
    product(ctx.cast(isFirst, 'float64'), 1, 0),
    product(ctx.cast(g.op('Not', [isFirst]), 'float64'), 0, 1),
  )
  if (!confidence) return ctx.result(node, votes)
  const sums = product(decisions, 1, -1)
  const limited = div(g, sums, mul(g, add(g, g.op('Abs', [sums]), scalar(g, 1)), scalar(g, 3)))
  ctx.result(node, add(g, votes, limited))
})

/**
 * Platt's sigmoid per pair, and libsvm's coupling as a Loop over all rows at once in float64; a row that has converged is left
 * alone. SVMClassifier has the same algorithm in float, which stops after other iterations than libsvm.
 */
export const pairwiseProbability = mlEmitter('ml.pairwiseProbability', (node, { classes, a, b }, ctx) => {
  const g = ctx.graph
  const argument = add(g, mul(g, ctx.matrix(node), g.float64(a)), g.float64(b))
  const platt = sigmoid(g, g.op('Neg', [argument]))
  const first = g.op('Clip', [platt, g.float64([MIN_PROBABILITY], []), g.float64([1 - MIN_PROBABILITY], [])])
  const second = sub(g, scalar(g, 1), first)
  ctx.result(node, couple(ctx, classes, first, second))
})

/** [N, classes²] of r[i, j], the probability of i against j, zeros on the diagonal, as [N, classes, classes]. */
function square(g: GraphBuilder, classes: number, first: ValueName, second: ValueName): ValueName {
  const pairs = pairCount(classes)
  // Column 2 · pairs is the zero of the diagonal.
  const all = g.op(
    'Concat',
    [first, second, mul(g, g.op('Slice', [first, g.int64([0]), g.int64([1]), g.int64([1])]), scalar(g, 0))],
    {
      axis: 1,
    },
  )
  const order = new Array<number>(classes * classes).fill(2 * pairs)
  let pair = 0
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++, pair++) {
      order[i * classes + j] = pair
      order[j * classes + i] = pairs + pair
    }
  }
  return g.op('Reshape', [g.op('Gather', [all, g.int64(order)], { axis: 1 }), g.int64([-1, classes, classes])])
}

/** Solves the coupling for every row; see core/ops/ml/pairwise.ts for the algorithm. */
function couple(ctx: EmitContext, classes: number, first: ValueName, second: ValueName): ValueName {
  const g = ctx.graph
  const r = square(g, classes, first, second)
  const transposed = g.op('Transpose', [r], { perm: [0, 2, 1] })
  // q[t, j] = −r[j, t] r[t, j] off the diagonal, q[t, t] = Σⱼ r[j, t]².
  const diagonal = g.op('ReduceSum', [mul(g, transposed, transposed), g.int64([2])], { keepdims: 1 })
  const identity = Float64Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0))
  const q = sub(g, mul(g, diagonal, g.float64(identity, [classes, classes])), mul(g, r, transposed))
  const rows = Array.from({ length: classes }, (_, t) => g.op('Gather', [q, g.int64([t], [])], { axis: 1 }))
  const pivots = rows.map((row, t) => g.op('Gather', [row, g.int64([t])], { axis: 1 }))
  const start = add(g, mul(g, rows[0] as ValueName, scalar(g, 0)), scalar(g, 1 / classes))

  // Before the body takes its names, which must be others.
  const limit = g.int64([couplingIterations(classes)], [])
  const always = g.constant(tensorOf('bool', [], Uint8Array.of(1)), 'always')

  const body = g.child('coupling')
  body.input(body.freeName('iteration'), { dtype: 'int64', shape: [] })
  const going = body.input(body.freeName('going'), { dtype: 'bool', shape: [] })
  const p = body.input(body.freeName('p'), { dtype: 'float64', shape: ['N', classes] })
  const { next, unfinished } = iteration(body, classes, p, q, rows, pivots)
  const outputs = [body.op('And', [going, unfinished]), next]
  return g.op('Loop', [limit, always, start], { body: { ...body.build(outputs), dialect: 'onnx' } })
}

/** One sweep over the classes, kept for the rows that have not converged before it. */
function iteration(
  g: GraphBuilder,
  classes: number,
  p: ValueName,
  q: ValueName,
  rows: readonly ValueName[],
  pivots: readonly ValueName[],
): { next: ValueName; unfinished: ValueName } {
  const column = g.op('Unsqueeze', [p, g.int64([2])])
  let qp = g.op('Squeeze', [g.op('MatMul', [q, column]), g.int64([2])])
  let pqp = g.op('ReduceSum', [mul(g, p, qp), g.int64([1])], { keepdims: 1 })
  const gap = g.op('ReduceMax', [g.op('Abs', [sub(g, qp, pqp)]), g.int64([1])], { keepdims: 1 })
  const active = g.op('GreaterOrEqual', [gap, scalar(g, couplingTolerance(classes))])
  let current = p
  for (let t = 0; t < classes; t++) {
    const qpt = g.op('Gather', [qp, g.int64([t])], { axis: 1 })
    const pivot = pivots[t] as ValueName
    const step = div(g, sub(g, pqp, qpt), pivot)
    const scale = add(g, step, scalar(g, 1))
    const unit = Array.from({ length: classes }, (_, j) => (j === t ? 1 : 0))
    current = div(g, add(g, current, mul(g, step, g.float64(unit, [1, classes]))), scale)
    const growth = mul(g, step, add(g, mul(g, step, pivot), mul(g, qpt, scalar(g, 2))))
    pqp = div(g, div(g, add(g, pqp, growth), scale), scale)
    qp = div(g, add(g, qp, mul(g, step, rows[t] as ValueName)), scale)
  }
  const anyActive = g.op('ReduceMax', [g.op('Cast', [active], { to: 'int32' })], { keepdims: 0 })
  return { next: where(g, active, current, p), unfinished: g.op('Cast', [anyActive], { to: 'bool' }) }
}
