import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Column, number } from '../field.ts'
import { applied, columnsOrConstants, compared, truth } from './columns.ts'
import { plus, productColumns } from './products.ts'
import { broadcastElements, operandOf } from './rows.ts'

/** Element-wise tensor arithmetic on rows, as expressions: what ONNX models do to columns before and after estimators. */
export const arithmeticEmitters: Readonly<Record<string, Emitter>> = {
  ...binary({ Add: '+', Sub: '-', Mul: '*', Div: '/', Pow: 'pow' }),
  ...binary({ Min: 'min', Max: 'max' }),
  Sum: (ctx, node) => broadcast(ctx, node).map((row) => plus(ctx, row)),
  Mean: (ctx, node) => broadcast(ctx, node).map((row) => mean(ctx, row)),
  ...unary({ Abs: 'abs', Exp: 'exp', Log: 'ln', Sqrt: 'sqrt', Floor: 'floor', Ceil: 'ceil', Round: 'rint' }),
  ...unary({
    Sin: 'sin',
    Cos: 'cos',
    Tan: 'tan',
    Asin: 'asin',
    Acos: 'acos',
    Atan: 'atan',
    Sinh: 'sinh',
    Cosh: 'cosh',
    Tanh: 'tanh',
  }),
  ...comparisons({
    Less: 'lessThan',
    LessOrEqual: 'lessOrEqual',
    Greater: 'greaterThan',
    GreaterOrEqual: 'greaterOrEqual',
    Equal: 'equal',
  }),
  ...reductions({
    ReduceSum: plus,
    ReduceMean: mean,
    ReduceMax: (ctx, columns) => applied(ctx, 'max', ...columns),
    ReduceMin: (ctx, columns) => applied(ctx, 'min', ...columns),
    ReduceProd: (ctx, columns) => applied(ctx, 'product', ...columns),
    ReduceL1: (ctx, columns) =>
      plus(
        ctx,
        columns.map((x) => applied(ctx, 'abs', x)),
      ),
    ReduceL2: (ctx, columns) =>
      applied(
        ctx,
        'sqrt',
        plus(
          ctx,
          columns.map((x) => square(ctx, x)),
        ),
      ),
    ReduceSumSquare: (ctx, columns) =>
      plus(
        ctx,
        columns.map((x) => square(ctx, x)),
      ),
    ReduceLogSumExp: logSumExp,
  }),
  Sign: perColumn((ctx, x) => {
    const z = ctx.named(x, 'unsigned')
    const below = applied(ctx, 'if', compared(ctx, 'lessThan', z, number(0)), number(-1), number(0))
    return applied(ctx, 'if', compared(ctx, 'greaterThan', z, number(0)), number(1), below)
  }),
  Mod: (ctx, node) =>
    node.attributes.fmod
      ? ctx.block(node, 'unsupported-remainder', "a remainder with the dividend's sign has no PMML form")
      : broadcast(ctx, node).map((row) => applied(ctx, 'modulo', ...row)),
  Gelu: perColumn((ctx, x, node) => {
    const z = ctx.named(x, 'score')
    if (node.attributes.approximate !== 'tanh') return applied(ctx, '*', z, applied(ctx, 'stdNormalCDF', z))
    const cubic = applied(ctx, '*', number(0.044715), applied(ctx, 'pow', z, number(3)))
    const inner = applied(ctx, '*', number(Math.sqrt(2 / Math.PI)), applied(ctx, '+', z, cubic))
    return applied(
      ctx,
      '*',
      applied(ctx, '*', number(0.5), z),
      applied(ctx, '+', number(1), applied(ctx, 'tanh', inner)),
    )
  }),
  HardSigmoid: perColumn((ctx, x, node) =>
    hardSigmoid(ctx, x, Number(node.attributes.alpha ?? 0.2), Number(node.attributes.beta ?? 0.5)),
  ),
  HardSwish: perColumn((ctx, x) => {
    const z = ctx.named(x, 'score')
    return applied(ctx, '*', z, hardSigmoid(ctx, z, 1 / 6, 0.5))
  }),
  LogSoftmax: (ctx, node) => {
    const rank = ctx.shape(node.inputs[0] ?? '')?.length
    const axis = Number(node.attributes.axis ?? -1)
    if (rank !== 2 || (axis !== 1 && axis !== -1)) {
      return ctx.block(node, 'unsupported-axis', 'a softmax over anything but the columns of a row has no PMML form')
    }
    const scores = ctx.columns(node.inputs[0] ?? '').map((score) => ctx.named(score, 'score'))
    const total = ctx.named(logSumExp(ctx, scores), 'total')
    return scores.map((score) => applied(ctx, '-', score, total))
  },
  Neg: perColumn((ctx, x) => applied(ctx, '-', number(0), x)),
  Reciprocal: perColumn((ctx, x) => applied(ctx, '/', number(1), x)),
  Relu: perColumn((ctx, x) => between(ctx, x, 0, undefined)),
  LeakyRelu: perColumn((ctx, x, node) =>
    whenPositive(
      ctx,
      x,
      (z) => z,
      (z) => applied(ctx, '*', z, number(Number(node.attributes.alpha ?? 0.01))),
    ),
  ),
  Elu: perColumn((ctx, x, node) =>
    whenPositive(
      ctx,
      x,
      (z) => z,
      (z) => applied(ctx, '*', number(Number(node.attributes.alpha ?? 1)), applied(ctx, 'expm1', z)),
    ),
  ),
  PRelu: (ctx, node) =>
    broadcast(ctx, node).map(([x, slope]) =>
      whenPositive(
        ctx,
        x ?? number(0),
        (z) => z,
        (z) => applied(ctx, '*', z, slope ?? number(0)),
      ),
    ),
  Sigmoid: perColumn((ctx, x) =>
    applied(ctx, '/', number(1), applied(ctx, '+', number(1), applied(ctx, 'exp', applied(ctx, '-', number(0), x)))),
  ),
  // the larger of x and 0, and what is left: no overflow
  Softplus: perColumn((ctx, x) => {
    const z = ctx.named(x, 'score')
    const tail = applied(ctx, 'ln1p', applied(ctx, 'exp', applied(ctx, '-', number(0), applied(ctx, 'abs', z))))
    return applied(ctx, '+', between(ctx, z, 0, undefined), tail)
  }),
  Softsign: perColumn((ctx, x) => {
    const z = ctx.named(x, 'score')
    return applied(ctx, '/', z, applied(ctx, '+', number(1), applied(ctx, 'abs', z)))
  }),
  Erf: perColumn((ctx, x) => {
    const area = applied(ctx, 'stdNormalCDF', applied(ctx, '*', x, number(Math.SQRT2)))
    return applied(ctx, '-', applied(ctx, '*', area, number(2)), number(1))
  }),
  Not: perColumn((ctx, x) => applied(ctx, '-', number(1), x)),
  And: (ctx, node) => broadcast(ctx, node).map((row) => applied(ctx, 'min', ...row)),
  Or: (ctx, node) => broadcast(ctx, node).map((row) => applied(ctx, 'max', ...row)),
  IsNaN: perColumn((ctx, x) => truth(ctx, applied(ctx, 'isMissing', x))),
  Clip: clip,
  Where: (ctx, node) =>
    broadcast(ctx, node).map(([test, yes, no]) =>
      applied(ctx, 'if', isTrue(ctx, test ?? number(0)), yes ?? number(0), no ?? number(0)),
    ),
  MatMul: (ctx, node) => productColumns(ctx, node),
  Gemm: (ctx, node) => productColumns(ctx, node),
}

function isTrue(ctx: PmmlContext, column: Column): Column {
  return compared(ctx, 'notEqual', column, number(0))
}

/** The columns of all inputs side by side: one row of operands per column of the result. */
function broadcast(ctx: PmmlContext, node: Node): Column[][] {
  const values = node.inputs.filter((value) => value !== '')
  const operands = values.map((value) => columnsOrConstants(ctx, value))
  const uses = values.map(() => new Map<number, number>())
  const rows = broadcastElements(ctx, node, values)
  for (const row of rows) {
    for (const [i, index] of row.entries()) uses[i]?.set(index, (uses[i].get(index) ?? 0) + 1)
  }
  return rows.map((row) =>
    row.map((index, i) => {
      const column = operands[i]?.[index] ?? ctx.block(node, 'malformed', `there is no column ${index}`)
      return (uses[i]?.get(index) ?? 0) > 1 ? ctx.named(column, node.label ?? node.id) : column
    }),
  )
}

function perColumn(write: (ctx: PmmlContext, x: Column, node: Node) => Column): Emitter {
  return (ctx, node) => ctx.columns(node.inputs[0] ?? '').map((x) => write(ctx, x, node))
}

/** A column held between bounds; a missing value stays missing, which PMML's min and max would skip. */
export function between(ctx: PmmlContext, x: Column, low: number | undefined, high: number | undefined): Column {
  const z = ctx.named(x, 'unclipped')
  const below = low === undefined ? z : applied(ctx, 'if', compared(ctx, 'lessThan', z, number(low)), number(low), z)
  return high === undefined
    ? below
    : applied(ctx, 'if', compared(ctx, 'greaterThan', z, number(high)), number(high), below)
}

function whenPositive(ctx: PmmlContext, x: Column, yes: (z: Column) => Column, no: (z: Column) => Column): Column {
  const z = ctx.named(x, 'score')
  return applied(ctx, 'if', compared(ctx, 'greaterThan', z, number(0)), yes(z), no(z))
}

function table(names: Readonly<Record<string, string>>, emitterOf: (fn: string) => Emitter): Record<string, Emitter> {
  return Object.fromEntries(Object.entries(names).map(([op, fn]) => [op, emitterOf(fn)]))
}

function unary(names: Readonly<Record<string, string>>): Record<string, Emitter> {
  return table(names, (fn) => perColumn((ctx, x) => applied(ctx, fn, x)))
}

function binary(names: Readonly<Record<string, string>>): Record<string, Emitter> {
  return table(names, (fn) => (ctx, node) => broadcast(ctx, node).map((row) => applied(ctx, fn, ...row)))
}

function comparisons(names: Readonly<Record<string, string>>): Record<string, Emitter> {
  return table(
    names,
    (fn) => (ctx, node) =>
      broadcast(ctx, node).map(([a, b]) => truth(ctx, compared(ctx, fn, a ?? number(0), b ?? number(0)))),
  )
}

/** Reductions over axes of a row. */
type Reduction = (ctx: PmmlContext, columns: readonly Column[]) => Column

function reductions(all: Readonly<Record<string, Reduction>>): Record<string, Emitter> {
  const emitterOf =
    (reduce: Reduction): Emitter =>
    (ctx, node) => {
      const columns = ctx.columns(node.inputs[0] ?? '')
      return groupsOf(ctx, node).map((indices) =>
        reduce(
          ctx,
          indices.map((i) => columns[i] as Column),
        ),
      )
    }
  return Object.fromEntries(Object.entries(all).map(([op, reduce]) => [op, emitterOf(reduce)]))
}

/** The elements of a row that a reduction puts together, for each element of its result. */
export function groupsOf(ctx: PmmlContext, node: Node): number[][] {
  const { shape, size } = operandOf(ctx, node, node.inputs[0] ?? '')
  const rank = shape.length + 1
  const axes = numbersOf(ctx.constant(node.inputs[1] ?? ''))?.map((axis) => (axis < 0 ? axis + rank : axis))
  if (!axes || axes.length === 0 || axes.includes(0)) {
    return ctx.block(node, 'rows-mixed', `${node.op} over the rows of the table has no PMML form`)
  }
  const groups = new Map<number, number[]>()
  for (let i = 0; i < size; i++) {
    const at = groupOf(i, shape, axes)
    const group = groups.get(at)
    if (group) group.push(i)
    else groups.set(at, [i])
  }
  return [...groups.values()]
}

/** Which group of a reduction over `axes` (counted from the rows' own, 1) the element `i` belongs to. */
function groupOf(i: number, shape: readonly number[], axes: readonly number[]): number {
  let rest = i
  let group = 0
  let stride = 1
  for (let axis = shape.length; axis >= 1; axis--) {
    const size = shape[axis - 1] ?? 1
    if (!axes.includes(axis)) {
      group += (rest % size) * stride
      stride *= size
    }
    rest = Math.floor(rest / size)
  }
  return group
}

/** PMML's own avg skips missing values; a mean of the hub does not. */
function mean(ctx: PmmlContext, columns: readonly Column[]): Column {
  return applied(ctx, '/', plus(ctx, columns), number(columns.length))
}

function square(ctx: PmmlContext, x: Column): Column {
  return applied(ctx, 'pow', x, number(2))
}

function logSumExp(ctx: PmmlContext, columns: readonly Column[]): Column {
  const scores = columns.map((score) => ctx.named(score, 'score'))
  // the largest is taken off first: exp overflows at 710
  const largest = ctx.named(applied(ctx, 'max', ...scores), 'largest')
  const weights = scores.map((score) => applied(ctx, 'exp', applied(ctx, '-', score, largest)))
  return applied(ctx, '+', largest, applied(ctx, 'ln', plus(ctx, weights)))
}

function hardSigmoid(ctx: PmmlContext, x: Column, alpha: number, beta: number): Column {
  return between(ctx, applied(ctx, '+', applied(ctx, '*', number(alpha), x), number(beta)), 0, 1)
}

function clip(ctx: PmmlContext, node: Node): readonly Column[] {
  const bound = (index: number) => {
    const value = node.inputs[index]
    return value ? numbersOf(ctx.constant(value))?.[0] : undefined
  }
  const [low, high] = [bound(1), bound(2)]
  return ctx.columns(node.inputs[0] ?? '').map((x) => between(ctx, x, low, high))
}
