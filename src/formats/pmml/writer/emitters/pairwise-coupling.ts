import { couplingTolerance, MIN_PROBABILITY } from '../../../../core/ops/ml/pairwise.ts'
import type { PmmlContext } from '../context.ts'
import { type Column, number } from '../field.ts'
import { between } from './arithmetic.ts'
import { applied } from './columns.ts'
import { plus } from './products.ts'

/** More classes make a document of many megabytes: it grows with their square. */
export const MOST_COUPLED = 30

/**
 * Rounds of the coupling that a document spells out. It ends after two for two classes, whatever the pairwise probabilities
 * are; after four in a grid of 40,000 for three classes and of 500,000 for four, and of 100,000 random ones, consistent or
 * not, after six for 15 classes and nine for 30. A row that would need more keeps the result of the last round.
 */
const roundsOf = (classes: number): number => (classes === 2 ? 2 : 4 + Math.ceil(classes / 5))

/** Platt's sigmoid of a decision, clipped as libsvm does. */
export function plattProbability(ctx: PmmlContext, decision: Column, a: number, b: number): Column {
  const exponent = applied(ctx, '+', applied(ctx, '*', number(a), decision), number(b))
  const sigmoid = applied(ctx, '/', number(1), applied(ctx, '+', number(1), applied(ctx, 'exp', exponent)))
  return between(ctx, sigmoid, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
}

/** The state of the coupling: p, Qp and pᵀQp. */
interface State {
  readonly p: readonly Column[]
  readonly qp: readonly Column[]
  readonly pqp: Column
}

/**
 * The probabilities that agree best with those of the pairs (svm.cpp, multiclass_probability), each round a set of
 * DerivedFields, since PMML has no loop; a row takes those of the round where libsvm stops.
 *
 * @param pairs r(0,1), r(0,2) … : the probability of the first class of each pair
 */
export function coupledProbabilities(
  ctx: PmmlContext,
  pairs: readonly Column[],
  classes: number,
  id: string,
): readonly Column[] {
  const indices = Array.from({ length: classes }, (_, k) => k)
  const call = (fn: string, ...args: Column[]) => applied(ctx, fn, ...args)
  const name = (column: Column, what: string) => ctx.named(column, `${id} ${what}`)
  const q = quadraticForm(ctx, pairs, classes, id)
  const at = (t: number, j: number) => q[t]?.[j] ?? number(0)
  const tolerance = number(couplingTolerance(classes))

  /** Where libsvm looks whether it is done: products are taken anew. */
  const begin = (p: readonly Column[]): State => {
    const product = (t: number) =>
      plus(
        ctx,
        p.map((own, j) => call('*', at(t, j), own)),
      )
    const qp = indices.map((t) => name(product(t), 'gradient'))
    const terms = qp.map((own, t) => call('*', p[t] ?? number(0), own))
    return { p, qp, pqp: name(plus(ctx, terms), 'mean gradient') }
  }
  const gap = ({ qp, pqp }: State) =>
    name(call('max', ...qp.map((own) => call('abs', call('-', own, pqp)))), 'coupling gap')
  /** One coordinate's update. */
  const update = ({ p, qp, pqp }: State, t: number): State => {
    const own = qp[t] ?? number(0)
    const step = name(call('/', call('-', pqp, own), at(t, t)), 'step')
    const total = name(call('+', number(1), step), 'total')
    const change = call('*', step, call('+', call('*', step, at(t, t)), call('*', number(2), own)))
    return {
      p: p.map((x, j) => name(call('/', j === t ? call('+', x, step) : x, total), 'probability')),
      qp: qp.map((x, j) => name(call('/', call('+', x, call('*', step, at(t, j))), total), 'gradient')),
      pqp: name(call('/', call('/', call('+', pqp, change), total), total), 'mean gradient'),
    }
  }

  const start: readonly Column[] = indices.map(() => number(1 / classes))
  const rounds: { p: readonly Column[]; gap: Column }[] = []
  let p = start
  for (let round = 0; round < roundsOf(classes); round++) {
    const state = begin(p)
    rounds.push({ p, gap: gap(state) })
    p = indices.reduce(update, state).p
  }
  return indices.map((k) =>
    rounds.reduceRight<Column>(
      (later, round) => call('if', call('lessThan', round.gap, tolerance), round.p[k] ?? number(0), later),
      p[k] ?? number(0),
    ),
  )
}

/** Q of the coupling's pᵀQp: Σ r(j,t)² in the diagonal, else −r(j,t)·r(t,j). */
function quadraticForm(ctx: PmmlContext, pairs: readonly Column[], classes: number, id: string): Column[][] {
  const r = Array.from({ length: classes }, () => new Array<Column>(classes).fill(number(0)))
  let pair = 0
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) {
      const first = ctx.named(pairs[pair++] ?? number(0), `${id} pairwise`)
      const second = ctx.named(applied(ctx, '-', number(1), first), `${id} pairwise complement`)
      ;(r[i] as Column[])[j] = first
      ;(r[j] as Column[])[i] = second
    }
  }
  const at = (i: number, j: number) => r[i]?.[j] ?? number(0)
  return r.map((row, t) =>
    row.map((own, j) => {
      const others = r.flatMap((other, i) => (i === t ? [] : (other[t] ?? [])))
      const squares = others.map((x) => applied(ctx, '*', x, x))
      const entry = j === t ? plus(ctx, squares) : applied(ctx, '-', number(0), applied(ctx, '*', at(j, t), own))
      return ctx.named(entry, `${id} coupling`)
    }),
  )
}
