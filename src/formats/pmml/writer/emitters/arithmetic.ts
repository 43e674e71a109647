import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import type { Column } from '../field.ts'
import { applied, columnsOrConstants } from './columns.ts'
import { plus, productColumns } from './products.ts'
import { broadcastElements, operandOf } from './rows.ts'

/** Element-wise tensor arithmetic on rows, as expressions: what ONNX models do to columns before and after estimators. */
export const arithmeticEmitters: Readonly<Record<string, Emitter>> = {
  ...binary({ Add: '+', Sub: '-', Mul: '*', Div: '/', Pow: 'pow' }),
  ...binary({ Min: 'min', Max: 'max' }),
  Sum: (ctx, node) => broadcast(ctx, node).map((row) => plus(ctx, row)),
  Mean: (ctx, node) => broadcast(ctx, node).map((row) => reduced(ctx, 'avg', row)),
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
  ...reductions({ ReduceSum: 'sum', ReduceMean: 'avg', ReduceMax: 'max', ReduceMin: 'min', ReduceProd: 'product' }),
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

const number = (value: number): Column => ({ kind: 'constant', value })

/** A PMML truth value as 1 or 0. */
function truth(ctx: PmmlContext, condition: Column): Column {
  return applied(ctx, 'if', condition, number(1), number(0))
}

function isTrue(ctx: PmmlContext, column: Column): Column {
  return applied(ctx, 'notEqual', column, number(0))
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
  const below = low === undefined ? z : applied(ctx, 'if', applied(ctx, 'lessThan', z, number(low)), number(low), z)
  return high === undefined
    ? below
    : applied(ctx, 'if', applied(ctx, 'greaterThan', z, number(high)), number(high), below)
}

function whenPositive(ctx: PmmlContext, x: Column, yes: (z: Column) => Column, no: (z: Column) => Column): Column {
  const z = ctx.named(x, 'score')
  return applied(ctx, 'if', applied(ctx, 'greaterThan', z, number(0)), yes(z), no(z))
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
  return table(names, (fn) => (ctx, node) => broadcast(ctx, node).map((row) => truth(ctx, applied(ctx, fn, ...row))))
}

/** Reductions over axes of a row. */
function reductions(names: Readonly<Record<string, string>>): Record<string, Emitter> {
  return table(names, (fn) => (ctx, node) => {
    const columns = ctx.columns(node.inputs[0] ?? '')
    return groupsOf(ctx, node).map((indices) =>
      reduced(
        ctx,
        fn,
        indices.map((i) => columns[i] as Column),
      ),
    )
  })
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

/** PMML's own sum and avg skip missing values; a sum of the hub does not. */
function reduced(ctx: PmmlContext, fn: string, columns: readonly Column[]): Column {
  if (fn === 'sum') return plus(ctx, columns)
  return fn === 'avg' ? applied(ctx, '/', plus(ctx, columns), number(columns.length)) : applied(ctx, fn, ...columns)
}

function clip(ctx: PmmlContext, node: Node): readonly Column[] {
  const bound = (index: number) => {
    const value = node.inputs[index]
    return value ? numbersOf(ctx.constant(value))?.[0] : undefined
  }
  const [low, high] = [bound(1), bound(2)]
  return ctx.columns(node.inputs[0] ?? '').map((x) => between(ctx, x, low, high))
}
