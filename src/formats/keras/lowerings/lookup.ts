import type { ValueName } from '../../../core/ir/builder.ts'
import { isFloat } from '../../../core/ir/dtype.ts'
import { float32, int64 } from '../../../core/ir/tensor.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import type { LayerContext } from './context.ts'
import { ENCODING_OPS, encodeIndexes } from './index-encoding.ts'
import { type KerasLowering, layers } from './lowering.ts'

/** What the indexes of a lookup stand for: the mask (of integers that come out), unknown words, then the vocabulary. */
interface Tokens {
  readonly mask: Json | undefined
  readonly unknown: Json
  readonly unknownCount: number
  readonly vocabulary: readonly Json[]
}

function tokensOf(ctx: LayerContext): Tokens {
  const { config } = ctx
  const mask = config.text('output_mode', 'int') === 'int' ? config.get('mask_token') : undefined
  const unknown = config.get('oov_token') ?? (ctx.layer.className === 'IntegerLookup' ? -1 : '[UNK]')
  const unknownCount = config.number('num_oov_indices', 1)
  const given = config.get('vocabulary') ?? savedVocabulary(ctx)
  if (!Array.isArray(given)) {
    return ctx.block(
      'its vocabulary is not in the file',
      'Save the model as .keras, or give the vocabulary to the layer as a list instead of adapting it or naming a file.',
    )
  }
  const special = [...(mask === undefined ? [] : [mask]), ...new Array<Json>(unknownCount).fill(unknown)]
  const hasSpecial = special.length > 0 && special.every((token, i) => String(given[i]) === String(token))
  return { mask, unknown, unknownCount, vocabulary: hasSpecial ? given.slice(special.length) : given }
}

/** One word a line; empty lines at the end are none. */
function savedVocabulary(ctx: LayerContext): Json[] | undefined {
  const lines = ctx.layer.assets.get('vocabulary.txt')?.split(/\r?\n/)
  while (lines?.at(-1) === '') lines.pop()
  return ctx.layer.className === 'IntegerLookup' ? lines?.map(Number) : lines
}

/** The index of each value in a vocabulary, or with `invert` the value at each index. */
function lookup(ctx: LayerContext): ValueName {
  const tokens = tokensOf(ctx)
  if (ctx.config.flag('invert', false)) return inverted(ctx, tokens)
  const { mask, unknownCount, vocabulary } = tokens
  if (unknownCount > 1) {
    ctx.block(
      `it spreads unknown values over ${unknownCount} indexes by a hash`,
      'Look the values up before the model, or build it with num_oov_indices=1 and train again.',
    )
  }
  const offset = mask === undefined ? 0 : 1
  // What Keras refuses without an index for it is no place of a one-hot encoding.
  const unknown = unknownCount === 0 ? -1 : offset
  const known = [
    ...(mask === undefined ? [] : [[mask, 0] as const]),
    ...vocabulary.map((value, i) => [value, i + offset + unknownCount] as const),
  ]
  // The index of an unknown value, and what each known one adds to it.
  const gains = ctx.hub.constant(int64(known.map(([, index]) => index - unknown)), `${ctx.id}/indexes`)
  const values = ctx.op('Unsqueeze', [ctx.rawInput, ctx.ints([-1])])
  const list = keys(
    ctx,
    known.map(([key]) => key),
  )
  const matches = ctx.cast(ctx.op('Equal', [values, list]), 'int64')
  const gain = ctx.op('ReduceSum', [ctx.op('Mul', [matches, gains]), ctx.ints([-1])], { keepdims: 0 })
  const indexes = ctx.op('Add', [gain, ctx.int(unknown)])
  const { config } = ctx
  const size = config.flag('pad_to_max_tokens', false) ? config.optionalNumber('max_tokens') : undefined
  const depth = size ?? vocabulary.length + offset + unknownCount
  return encodeIndexes(ctx, indexes, config.text('output_mode', 'int'), depth)
}

/** The vocabulary in the type of the input. */
function keys(ctx: LayerContext, values: readonly Json[]): ValueName {
  const { dtype } = ctx.hub.type(ctx.rawInput)
  if (dtype === 'string') return ctx.hub.strings(values.map(String))
  const numbers = values.map(Number)
  if (dtype !== null && isFloat(dtype)) return ctx.hub.op('Cast', [ctx.hub.constant(float32(numbers))], { to: dtype })
  const constant = ctx.hub.constant(int64(numbers), `${ctx.id}/vocabulary`)
  return dtype === 'int64' ? constant : ctx.op('Cast', [constant], { to: dtype })
}

/** The value at each index; the unknown one at all others. */
function inverted(ctx: LayerContext, { mask, unknown, unknownCount, vocabulary }: Tokens): ValueName {
  const special = [...(mask === undefined ? [] : [mask]), ...new Array<Json>(unknownCount).fill(unknown)]
  const values = [...special, ...vocabulary, unknown]
  const table =
    ctx.layer.className === 'IntegerLookup'
      ? ctx.hub.constant(int64(values.map(Number)), `${ctx.id}/vocabulary`)
      : ctx.hub.strings(values.map(String))
  const index = ctx.cast(ctx.rawInput, 'int64')
  const last = ctx.int(values.length - 1)
  const isKnown = ctx.op('And', [ctx.op('GreaterOrEqual', [index, ctx.int(0)]), ctx.op('Less', [index, last])])
  return ctx.op('Gather', [table, ctx.op('Where', [isKnown, index, last])], { axis: 0 })
}

/** Layers that look values up in a vocabulary. */
export const lookupLayers: readonly KerasLowering[] = [
  ...layers(
    ['IntegerLookup', 'StringLookup'],
    [...ENCODING_OPS, 'Equal', 'Mul', 'Add', 'And', 'GreaterOrEqual', 'Less', 'Where', 'Gather'],
    lookup,
  ),
]
