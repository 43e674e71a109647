import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import type { Column } from '../field.ts'
import { applied, columnsOrConstants } from './columns.ts'

/** Element-wise tensor arithmetic on rows, as expressions: what ONNX models do to columns before and after estimators. */
export const arithmeticEmitters: Readonly<Record<string, Emitter>> = {
  ...binary({ Add: '+', Sub: '-', Mul: '*', Div: '/', Pow: 'pow' }),
  ...binary({ Min: 'min', Max: 'max', Sum: 'sum', Mean: 'avg' }),
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
  Relu: perColumn((ctx, x) => applied(ctx, 'max', x, number(0))),
  Sigmoid: perColumn((ctx, x) =>
    applied(ctx, '/', number(1), applied(ctx, '+', number(1), applied(ctx, 'exp', applied(ctx, '-', number(0), x)))),
  ),
  Softplus: perColumn((ctx, x) => applied(ctx, 'ln1p', applied(ctx, 'exp', x))),
  Not: perColumn((ctx, x) => applied(ctx, '-', number(1), x)),
  And: (ctx, node) => broadcast(ctx, node).map((row) => applied(ctx, 'min', ...row)),
  Or: (ctx, node) => broadcast(ctx, node).map((row) => applied(ctx, 'max', ...row)),
  IsNaN: perColumn((ctx, x) => truth(ctx, applied(ctx, 'isMissing', x))),
  Clip: clip,
  Where: (ctx, node) =>
    broadcast(ctx, node).map(([test, yes, no]) =>
      applied(ctx, 'if', isTrue(ctx, test ?? number(0)), yes ?? number(0), no ?? number(0)),
    ),
}

const number = (value: number): Column => ({ kind: 'constant', value })

/** A PMML truth value as 1 or 0. */
function truth(ctx: PmmlContext, condition: Column): Column {
  return applied(ctx, 'if', condition, number(1), number(0))
}

function isTrue(ctx: PmmlContext, column: Column): Column {
  return applied(ctx, 'notEqual', column, number(0))
}

/** The columns of all inputs side by side: one row of operands per column of the result; one column serves all. */
function broadcast(ctx: PmmlContext, node: Node): Column[][] {
  const operands = node.inputs.filter((value) => value !== '').map((value) => columnsOrConstants(ctx, value))
  const width = Math.max(...operands.map((columns) => columns.length))
  return Array.from({ length: width }, (_, i) =>
    operands.map((columns) => {
      const column = columns.length === 1 ? columns[0] : columns[i]
      return (
        column ?? ctx.block(node, 'malformed', `the operands of ${node.op} have ${columns.length} and ${width} columns`)
      )
    }),
  )
}

function perColumn(write: (ctx: PmmlContext, x: Column) => Column): Emitter {
  return (ctx, node) => ctx.columns(node.inputs[0] ?? '').map((x) => write(ctx, x))
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

/** Reductions over the columns of a row. */
function reductions(names: Readonly<Record<string, string>>): Record<string, Emitter> {
  return table(names, (fn) => (ctx, node) => {
    const axes = numbersOf(ctx.constant(node.inputs[1] ?? ''))
    const rank = ctx.model.graph.types.get(node.inputs[0] ?? '')?.shape?.length
    const overColumns = axes?.length === 1 && (axes[0] === 1 || axes[0] === -1) && rank === 2
    if (!overColumns)
      ctx.block(node, 'unsupported-axis', `${node.op} over anything but the columns of a row has no PMML form`)
    return [applied(ctx, fn, ...ctx.columns(node.inputs[0] ?? ''))]
  })
}

function clip(ctx: PmmlContext, node: Node): readonly Column[] {
  const bound = (index: number) => {
    const value = node.inputs[index]
    return value ? numbersOf(ctx.constant(value))?.[0] : undefined
  }
  const [low, high] = [bound(1), bound(2)]
  return ctx.columns(node.inputs[0] ?? '').map((x) => {
    const raised = low === undefined ? x : applied(ctx, 'max', x, number(low))
    return high === undefined ? raised : applied(ctx, 'min', raised, number(high))
  })
}
