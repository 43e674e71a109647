import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Json } from '../../../../encodings/json/parse-json.ts'
import { KerasTensor, type LayerContext } from '../context.ts'
import { inType, reshaped } from '../weight-tensors.ts'
import { allOf, causalMask, MASK_OPS, maskedSoftmax } from './score-mask.ts'

const range = (count: number, start = 0) => Array.from({ length: count }, (_, i) => i + start)

/** What goes into an attention with projections. */
interface Inputs {
  readonly query: KerasTensor
  readonly value: KerasTensor
  readonly key: KerasTensor
}

/** query, value and key (value where it is left out), as positional or keyword arguments. */
function inputsOf(ctx: LayerContext): Inputs {
  const [first, second, third] = ctx.tensors
  const query = ctx.keyword('query') ?? first ?? ctx.block('it has no query')
  const value = ctx.keyword('value') ?? second ?? ctx.block('it has no value')
  return { query, value, key: ctx.keyword('key') ?? third ?? value }
}

/** x · kernel + bias with heads: [N, …, D] → [N, …, heads, size], kernel [D, heads, size]. */
function projected(ctx: LayerContext, role: string, x: ValueName): ValueName {
  const dense = ctx.sublayer(`${role}_dense`)
  const kernel = ctx.tensor('kernel', dense)
  const [depth = 0, heads = 0, size = 0] = kernel.shape
  if (kernel.shape.length !== 3) ctx.block(`its ${role} kernel does not have three axes`)
  const flat = ctx.constant(kernel, `${role}_kernel`, 'flat', (t) =>
    reshaped(inType(t, ctx.dtype), [depth, heads * size]),
  )
  const product = ctx.op('MatMul', [x, flat])
  const sum = ctx.config.flag('use_bias', true) ? ctx.op('Add', [product, flatBias(ctx, role, heads * size)]) : product
  const lead = range(ctx.rank(x) - 1).map(() => 0)
  return ctx.op('Reshape', [sum, ctx.ints([...lead, heads, size])])
}

function flatBias(ctx: LayerContext, role: string, width: number): ValueName {
  const bias = ctx.tensor('bias', ctx.sublayer(`${role}_dense`))
  return ctx.constant(bias, `${role}_bias`, 'flat', (t) => reshaped(inType(t, ctx.dtype), [width]))
}

/** The heads together: [N, …, heads, size] → [N, …, out…], kernel [heads, size, out…]. */
function combined(ctx: LayerContext, x: ValueName): ValueName {
  const kernel = ctx.tensor('kernel', ctx.sublayer('output_dense'))
  const [heads = 0, size = 0, ...out] = kernel.shape
  const width = out.reduce((n, d) => n * d, 1)
  const lead = range(ctx.rank(x) - 2).map(() => 0)
  const rows = ctx.op('Reshape', [x, ctx.ints([...lead, heads * size])])
  const flat = ctx.constant(kernel, 'output_kernel', 'flat', (t) =>
    reshaped(inType(t, ctx.dtype), [heads * size, width]),
  )
  const product = ctx.op('MatMul', [rows, flat])
  const sum = ctx.config.flag('use_bias', true) ? ctx.op('Add', [product, flatBias(ctx, 'output', width)]) : product
  return out.length === 1 ? sum : ctx.op('Reshape', [sum, ctx.ints([...lead, ...out])])
}

/** The axis that attention runs along; the others before the features are further batch axes. */
function attentionAxis(ctx: LayerContext, rank: number): number {
  const setting = ctx.config.get('attention_axes') as Json | undefined
  const axes = Array.isArray(setting) ? setting : setting === undefined ? range(rank - 2, 1) : [setting]
  const [axis, ...more] = axes
  if (typeof axis !== 'number' || more.length > 0) {
    return ctx.block(
      `attention over the axes ${axes.join(', ')} at once is not supported`,
      'Flatten them before the layer.',
    )
  }
  return ctx.axis(axis, rank)
}

/** The masks of the layer's arguments and of its tensors, as [N, 1, T or 1, S]. */
function attentionMask(ctx: LayerContext, { query, value, key }: Inputs): ValueName | undefined {
  const at = (mask: ValueName | undefined, axes: readonly number[]) =>
    mask === undefined ? undefined : ctx.op('Unsqueeze', [ctx.cast(mask, 'bool'), ctx.ints(axes)])
  const argument = (name: string) => ctx.keyword(name)?.value
  const given = argument('attention_mask')
  const isCausal = ctx.kwargs['use_causal_mask'] === true
  return allOf(ctx, [
    at(argument('query_mask') ?? query.mask, [1, 3]),
    at(argument('value_mask') ?? value.mask, [1, 2]),
    at(argument('key_mask') ?? (key === value ? undefined : key.mask), [1, 2]),
    given === undefined || ctx.rank(given) === 4 ? given && ctx.cast(given, 'bool') : at(given, [1]),
    isCausal ? causalMask(ctx, query.value, value.value) : undefined,
  ])
}

function checkOptions(ctx: LayerContext): void {
  if (ctx.config.flag('use_gate', false)) ctx.block('its use_gate is not supported', 'Build it with use_gate=False.')
  if (ctx.config.has('sliding_window')) ctx.block('its sliding_window is not supported', 'Give it an attention_mask.')
}

function finished(ctx: LayerContext, result: ValueName, weights: ValueName, query: KerasTensor): KerasTensor[] {
  const scores = ctx.kwargs['return_attention_scores'] === true ? [new KerasTensor(weights)] : []
  return [new KerasTensor(result, query.mask), ...scores]
}

/** softmax(query · keyᵀ / √size) · value for each head, along one axis. */
export function multiHeadAttention(ctx: LayerContext): KerasTensor[] {
  checkOptions(ctx)
  const inputs = inputsOf(ctx)
  const rank = ctx.rank(inputs.query.value)
  const axis = attentionAxis(ctx, rank)
  const mask = attentionMask(ctx, inputs)
  if (mask !== undefined && rank !== 3) ctx.block('a mask over more than one axis is not supported')
  // [N, …, heads, size] → [N, batch axes, heads, steps, size]
  const batch = range(rank - 2, 1).filter((i) => i !== axis)
  const order = [0, ...batch, rank - 1, axis, rank]
  const [query, key, value] = (['query', 'key', 'value'] as const).map((role) => {
    const heads = projected(ctx, role, ctx.autocast(inputs[role].value))
    const perm = role === 'key' ? [...order.slice(0, -2), rank, axis] : order
    return ctx.op('Transpose', [heads], { perm })
  }) as [ValueName, ValueName, ValueName]
  const scaled = ctx.op('Mul', [query, ctx.scalar(1 / Math.sqrt(ctx.config.number('key_dim')))])
  const weights = maskedSoftmax(ctx, ctx.op('MatMul', [scaled, key]), mask)
  const back = range(rank + 1).map((i) => order.indexOf(i))
  const heads = ctx.op('Transpose', [ctx.op('MatMul', [weights, value])], { perm: back })
  return finished(ctx, combined(ctx, heads), weights, inputs.query)
}

/** The same with fewer heads for keys and values than for queries: each is used by several. */
export function groupedQueryAttention(ctx: LayerContext): KerasTensor[] {
  checkOptions(ctx)
  const inputs = inputsOf(ctx)
  const heads = ctx.config.number('num_query_heads')
  const shared = ctx.config.number('num_key_value_heads')
  const size = ctx.config.number('head_dim')
  const repeated = (role: 'key' | 'value', perm: readonly number[]) => {
    const few = ctx.op('Unsqueeze', [projected(ctx, role, ctx.autocast(inputs[role].value)), ctx.ints([3])])
    const many = ctx.op('Tile', [few, ctx.ints([1, 1, 1, heads / shared, 1])])
    return ctx.op('Transpose', [ctx.op('Reshape', [many, ctx.ints([0, 0, heads, size])])], { perm })
  }
  const query = ctx.op('Transpose', [projected(ctx, 'query', ctx.autocast(inputs.query.value))], { perm: [0, 2, 1, 3] })
  const scaled = ctx.op('Mul', [query, ctx.scalar(1 / Math.sqrt(size))])
  const scores = ctx.op('MatMul', [scaled, repeated('key', [0, 2, 3, 1])])
  const weights = maskedSoftmax(ctx, scores, attentionMask(ctx, inputs))
  const product = ctx.op('MatMul', [weights, repeated('value', [0, 2, 1, 3])])
  return finished(ctx, combined(ctx, ctx.op('Transpose', [product], { perm: [0, 2, 1, 3] })), weights, inputs.query)
}

export const PROJECTED_OPS: readonly string[] = [
  ...new Set([...MASK_OPS, 'MatMul', 'Add', 'Mul', 'Reshape', 'Transpose', 'Tile']),
]
