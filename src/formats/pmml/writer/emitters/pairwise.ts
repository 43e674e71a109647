import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Column, number } from '../field.ts'
import { between } from './arithmetic.ts'
import { applied } from './columns.ts'
import { plus } from './products.ts'

/** What follows one-versus-one decisions. */
export const pairwiseEmitters: Readonly<Record<string, Emitter>> = {
  'ml.pairwiseVote': pairwiseVote,
  'ml.pairwiseProbability': pairwiseProbability,
}

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
    const votes = plus(
      ctx,
      own.map(({ decision, first }) => {
        const [yes, no] = first ? [1, 0] : [0, 1]
        return applied(ctx, 'if', applied(ctx, 'greaterThan', decision, number(0)), number(yes), number(no))
      }),
    )
    if (!confidence) return votes
    const strength = plus(
      ctx,
      own.map(({ decision, first }) => (first ? decision : applied(ctx, '-', number(0), decision))),
    )
    const named: Column = { kind: 'field', field: ctx.field(strength, `confidence(${k})`) }
    const scale = applied(ctx, '*', number(3), applied(ctx, '+', applied(ctx, 'abs', named), number(1)))
    return applied(ctx, '+', votes, applied(ctx, '/', named, scale))
  })
}

/** Of more than two classes the coupling takes any number of steps, and PMML has no loop. */
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
  const first = ctx.named(between(ctx, sigmoid, 1e-7, 1 - 1e-7), `${node.id} pairwise`)
  return coupledPair(ctx, first, node.id)
}

/** A state of the coupling: both probabilities, and how far they contradict the pairwise ones. */
interface Coupling {
  readonly p: readonly [Column, Column]
  /** r₁p₀ − r₀p₁. */
  readonly s: Column
}

/** libsvm stops when no gradient is larger than this: 0.005 / classes. */
const TOLERANCE = 0.0025

/**
 * The coupling of two classes (svm.cpp, multiclass_probability), which starts at one half and stops early: it takes two
 * steps at most for any pairwise probability r₀, r₁ = 1 − r₀ that is clipped to [1e-7, 1 − 1e-7].
 */
function coupledPair(ctx: PmmlContext, r0: Column, id: string): readonly Column[] {
  const call = (fn: string, ...args: Column[]) => applied(ctx, fn, ...args)
  const name = (column: Column, what: string) => ctx.named(column, `${id} ${what}`)
  const r1 = name(call('-', number(1), r0), 'pairwise complement')
  const square = (x: Column) => call('pow', x, number(2))
  const isDone = ({ s }: Coupling) => {
    const error = (gradient: Column) => call('abs', call('-', gradient, square(s)))
    return call(
      'lessThan',
      call('max', error(call('*', r1, s)), error(call('-', number(0), call('*', r0, s)))),
      number(TOLERANCE),
    )
  }
  const step = ({ p: [p0, p1], s }: Coupling): Coupling => {
    const d0 = name(call('/', call('-', square(s), call('*', r1, s)), square(r1)), 'step of the first')
    const n0 = name(call('+', number(1), d0), 'total')
    const t = name(call('/', call('+', s, call('*', r1, d0)), n0), 'contradiction')
    const d1 = name(call('/', call('+', square(t), call('*', r0, t)), square(r0)), 'step of the second')
    const n1 = name(call('+', number(1), d1), 'total')
    const q0 = name(call('/', call('/', call('+', p0, d0), n0), n1), 'first')
    const q1 = name(call('/', call('+', call('/', p1, n0), d1), n1), 'second')
    return { p: [q0, q1], s: name(call('-', call('*', r1, q0), call('*', r0, q1)), 'contradiction') }
  }
  const half = number(0.5)
  const start: Coupling = { p: [half, half], s: name(call('*', half, call('-', r1, r0)), 'contradiction') }
  const once = step(start)
  const twice = step(once)
  return [0, 1].map((k) =>
    call('if', isDone(start), half, call('if', isDone(once), once.p[k] ?? half, twice.p[k] ?? half)),
  )
}
