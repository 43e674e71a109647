import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Node } from '../../../../core/ir/graph.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../lowering.ts'
import { microsoftLowering } from './microsoft/microsoft-lowering.ts'
import { splitHeads } from './scaled-dot-product.ts'

/** Where the inputs stand: RotaryEmbedding-23 and com.microsoft's have another order. */
interface Places {
  readonly cos: number
  readonly sin: number
  readonly positions: number
}

const PRODUCES = [
  'Add',
  'Cast',
  'Concat',
  'Gather',
  'Mul',
  'Range',
  'Reshape',
  'Shape',
  'Slice',
  'Split',
  'Sub',
  'Transpose',
  'Unsqueeze',
]

/** Angles [B, 1, S, R/2] (or [1, 1, S, R/2]) of a cache [P, R/2] by position, or of a table [B, S, R/2]. */
function angles(node: Node, index: number, places: Places, rows: ValueName, ctx: LowerContext): ValueName {
  const { hub } = ctx
  const cache = ctx.input(node, index)
  if (!node.inputs[places.positions]) return hub.op('Unsqueeze', [cache, hub.int64([1])])
  const positions = ctx.input(node, places.positions)
  const isOffset = ctx.type(positions).shape?.length === 1
  const found = hub.op('Gather', [cache, isOffset ? shifted(positions, rows, ctx) : positions], { axis: 0 })
  return hub.op('Unsqueeze', [found, hub.int64(isOffset ? [0, 1] : [1])])
}

/** The places of the rows of [B, H, S, D] from an offset [1] on. */
function shifted(offset: ValueName, rows: ValueName, ctx: LowerContext): ValueName {
  const { hub } = ctx
  const size = hub.op('Gather', [hub.op('Shape', [rows]), hub.int64([2], [])], { axis: 0 })
  return hub.op('Add', [hub.op('Range', [hub.int64([0], []), size, hub.int64([1], [])]), offset])
}

/** Pairs of numbers, halves of a head or neighbours in it, turned by the angles; x is [B, H, S, R]. */
function turned(x: ValueName, cos: ValueName, sin: ValueName, interleaved: boolean, ctx: LowerContext): ValueName {
  const { hub } = ctx
  const last = [3]
  const every = (start: number) =>
    hub.op('Slice', [x, hub.int64([start]), hub.int64([Number.MAX_SAFE_INTEGER]), hub.int64(last), hub.int64([2])])
  const [a, b] = interleaved ? [every(0), every(1)] : hub.ops('Split', [x], { axis: 3, num_outputs: 2 }, { outputs: 2 })
  const [first = '', second = ''] = [a, b]
  const real = hub.op('Sub', [hub.op('Mul', [cos, first]), hub.op('Mul', [sin, second])])
  const imaginary = hub.op('Add', [hub.op('Mul', [sin, first]), hub.op('Mul', [cos, second])])
  if (!interleaved) return hub.op('Concat', [real, imaginary], { axis: 3 })
  const pairs = [real, imaginary].map((part) => hub.op('Unsqueeze', [part, hub.int64([4])]))
  return hub.op('Reshape', [hub.op('Concat', pairs, { axis: 4 }), hub.op('Shape', [x])])
}

function rotaryEmbedding(node: Node, places: Places, ctx: LowerContext): void {
  const { hub } = ctx
  const x = ctx.input(node, 0)
  const isMerged = ctx.type(x).shape?.length === 3
  const { num_heads: heads = 0, rotary_embedding_dim: stated = 0, interleaved = 0 } = node.attributes
  if (isMerged && !heads) ctx.block('the number of its heads is not stated')
  const rows = isMerged ? splitHeads(x, Number(heads), ctx) : x
  const size = ctx.type(rows).shape?.[3]
  if (typeof size !== 'number') return ctx.block('the size of its heads is not known')
  const width = Number(stated) || size
  const sizes = hub.int64([width, size - width])
  const [turning = '', kept = ''] = width < size ? hub.ops('Split', [rows, sizes], { axis: 3 }, { outputs: 2 }) : [rows]
  const [cos, sin] = [places.cos, places.sin].map((index) => angles(node, index, places, rows, ctx)) as [string, string]
  const moved = turned(turning, cos, sin, Boolean(interleaved), ctx)
  const whole = kept ? hub.op('Concat', [moved, kept], { axis: 3 }) : moved
  if (!isMerged) return ctx.result(node, whole)
  ctx.result(node, hub.op('Reshape', [hub.op('Transpose', [whole], { perm: [0, 2, 1, 3] }), hub.op('Shape', [x])]))
}

/** Rotary positions (RotaryEmbedding-23), and as the transformer optimiser writes them. */
export const rotaryLowerings: readonly OnnxLowering[] = [
  lowering('RotaryEmbedding', PRODUCES, (node, ctx) => rotaryEmbedding(node, { cos: 1, sin: 2, positions: 3 }, ctx)),
  microsoftLowering('RotaryEmbedding', PRODUCES, (node, ctx) => {
    if (Number(node.attributes['scale'] ?? 1) !== 1) ctx.block('it scales its positions')
    rotaryEmbedding(node, { cos: 2, sin: 3, positions: 1 }, ctx)
  }),
]
