import type { ValueName } from '../../../core/ir/builder.ts'
import { KerasTensor, type LayerContext } from './context.ts'
import { type KerasLowering, layer, layers } from './lowering.ts'
import { unitLength } from './normalization.ts'

/** Inputs of fewer axes get axes behind the batch, as Keras' merge layers do. */
function aligned(ctx: LayerContext): ValueName[] {
  const rank = Math.max(...ctx.inputs.map((x) => ctx.rank(x)))
  return ctx.inputs.map((x) => {
    const missing = rank - ctx.rank(x)
    return missing === 0 ? x : ctx.op('Unsqueeze', [x, ctx.ints(Array.from({ length: missing }, (_, i) => i + 1))])
  })
}

/** A step counts when it counts in all inputs; without a mask in one of them there is none. */
function jointMask(ctx: LayerContext): ValueName | undefined {
  const masks = ctx.tensors.map(({ mask }) => mask)
  const [first, ...rest] = masks
  if (first === undefined || !rest.every((mask) => mask !== undefined)) return undefined
  return rest.reduce<ValueName>((all, mask) => (all === mask ? all : ctx.op('And', [all, mask as ValueName])), first)
}

const fold = (op: string) => (ctx: LayerContext) => {
  const [first, ...rest] = aligned(ctx)
  const value = rest.reduce((all, x) => ctx.op(op, [all, x]), first ?? ctx.block('it has no inputs'))
  return new KerasTensor(value, jointMask(ctx))
}

function average(ctx: LayerContext): KerasTensor {
  const { value, mask } = fold('Add')(ctx)
  return new KerasTensor(ctx.op('Mul', [value, ctx.scalar(1 / ctx.inputs.length)]), mask)
}

function subtract(ctx: LayerContext): KerasTensor {
  if (ctx.inputs.length !== 2) ctx.block('it does not have two inputs')
  return fold('Sub')(ctx)
}

/** Joined along an axis; joined features count where all their steps do. */
function concatenate(ctx: LayerContext): KerasTensor {
  const inputs = ctx.inputs
  const rank = ctx.rank(inputs[0] ?? ctx.block('it has no inputs'))
  const axis = ctx.axis(ctx.config.number('axis', -1), rank)
  const masks = ctx.tensors.map(({ mask }) => mask)
  const value = ctx.op('Concat', inputs, { axis })
  if (axis === 1 && masks.every((mask) => mask !== undefined) && rank > 2) {
    return new KerasTensor(value, ctx.op('Concat', masks as ValueName[], { axis: 1 }))
  }
  return new KerasTensor(value, axis === 1 ? undefined : jointMask(ctx))
}

/** The products of the vectors along one axis of each input; for two matrices [N, k] the result is [N, 1]. */
function dot(ctx: LayerContext): ValueName {
  const [a, b] = ctx.inputs
  if (a === undefined || b === undefined) return ctx.block('it does not have two inputs')
  const [rankA, rankB] = [ctx.rank(a), ctx.rank(b)]
  const setting = ctx.config.get('axes')
  const [axisA, axisB] = (Array.isArray(setting) ? setting : [setting, setting]) as number[]
  if (typeof axisA !== 'number' || typeof axisB !== 'number') return ctx.block('its axes are not numbers')
  const [left, right] = [ctx.axis(axisA, rankA), ctx.axis(axisB, rankB)]
  const isNormal = ctx.config.flag('normalize', false)
  const x = isNormal ? unitLength(ctx, a, [left]) : a
  const y = isNormal ? unitLength(ctx, b, [right]) : b
  const letters = (rank: number, axis: number, from: number) =>
    Array.from({ length: rank }, (_, i) =>
      i === 0 ? 'n' : i === axis ? 'k' : String.fromCharCode(97 + from + i),
    ).join('')
  const [termA, termB] = [letters(rankA, left, 0), letters(rankB, right, rankA)]
  // 'n' and 'k' are taken: no real input has that many axes.
  const rest = [...termA, ...termB].filter((letter) => letter !== 'n' && letter !== 'k').join('')
  const product = ctx.op('Einsum', [x, y], { equation: `${termA},${termB}->n${rest}` })
  return rest === '' ? ctx.op('Unsqueeze', [product, ctx.ints([1])]) : product
}

export const mergeLayers: readonly KerasLowering[] = [
  layer('Add', ['Add', 'Unsqueeze', 'And'], fold('Add')),
  layer('Subtract', ['Sub', 'Unsqueeze', 'And'], subtract),
  layer('Multiply', ['Mul', 'Unsqueeze', 'And'], fold('Mul')),
  layer('Average', ['Add', 'Mul', 'Unsqueeze', 'And'], average),
  layer('Maximum', ['Max', 'Unsqueeze', 'And'], fold('Max')),
  layer('Minimum', ['Min', 'Unsqueeze', 'And'], fold('Min')),
  // TFDConcat is what FeatureSpace joins its features with.
  ...layers(['Concatenate', 'TFDConcat'], ['Concat', 'And'], concatenate),
  layer('Dot', ['Einsum', 'Unsqueeze', 'ReduceSum', 'Mul', 'Max', 'Sqrt', 'Div'], dot),
]
