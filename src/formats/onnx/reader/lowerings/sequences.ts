import type { ValueName } from '../../../../core/ir/builder.ts'
import { isGraph, type Node } from '../../../../core/ir/graph.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../lowering.ts'

const DYNAMIC = 'Export the model with a fixed number of parts, or with tensors in place of sequences.'

/** The place that input `index` says, counted from the front; `fallback` where it is left out. */
function position(node: Node, ctx: LowerContext, index: number, length: number, fallback: number): number {
  if (!node.inputs[index]) return fallback
  const at = ctx.numbers(node, index, 'positions in a sequence')[0] ?? fallback
  const place = at < 0 ? at + length : at
  return place >= 0 && place <= length ? place : ctx.block(`it looks at place ${at} of a sequence of ${length}`)
}

/** The parts of a sequence. */
function partsOf(ctx: LowerContext, node: Node, index: number): readonly ValueName[] {
  const aside = ctx.aside(node, index)
  if (aside?.kind === 'sequence') return aside.parts
  return ctx.block('it works on a sequence whose length is known at run time only', DYNAMIC)
}

function resultParts(ctx: LowerContext, node: Node, parts: readonly ValueName[], index = 0): void {
  ctx.resultAside(node, { kind: 'sequence', parts }, index)
}

function construct(node: Node, ctx: LowerContext): void {
  resultParts(ctx, node, ctx.inputs(node))
}

function insert(node: Node, ctx: LowerContext): void {
  const parts = partsOf(ctx, node, 0)
  resultParts(ctx, node, parts.toSpliced(position(node, ctx, 2, parts.length, parts.length), 0, ctx.input(node, 1)))
}

function erase(node: Node, ctx: LowerContext): void {
  const parts = partsOf(ctx, node, 0)
  resultParts(ctx, node, parts.toSpliced(position(node, ctx, 1, parts.length, parts.length - 1), 1))
}

function at(node: Node, ctx: LowerContext): void {
  const parts = partsOf(ctx, node, 0)
  const part = parts[position(node, ctx, 1, parts.length, 0)]
  ctx.result(node, part ?? ctx.block(`it looks behind the end of a sequence of ${parts.length}`))
}

function length(node: Node, ctx: LowerContext): void {
  ctx.result(node, ctx.hub.int64([partsOf(ctx, node, 0).length], []))
}

/** Sizes of the parts: as many as stated, chunks of one size with a smaller last one, or 1 each. */
function partSizes(node: Node, ctx: LowerContext, size: number | undefined): number[] {
  const split = ctx.constant(node, 1)
  const sizes = node.inputs[1] ? ctx.numbers(node, 1, 'sizes') : [1]
  if (split && split.shape.length > 0) return sizes
  const [chunk = 1] = sizes
  const total = size ?? ctx.block('the size of the axis that it splits is not known', DYNAMIC)
  return Array.from({ length: Math.ceil(total / chunk) }, (_, i) => Math.min(chunk, total - i * chunk))
}

function splitToSequence(node: Node, ctx: LowerContext): void {
  const x = ctx.input(node, 0)
  const { shape } = ctx.type(x)
  const axis = Number(node.attributes['axis'] ?? 0)
  const size = shape?.at(axis)
  const sizes = partSizes(node, ctx, typeof size === 'number' ? size : undefined)
  const parts =
    sizes.length === 1
      ? [ctx.hub.op('Identity', [x])]
      : ctx.hub.ops(
          'Split',
          [x, ctx.hub.int64(sizes)],
          { axis },
          { outputs: sizes.length, label: node.label ?? node.id },
        )
  const isDropped = !node.inputs[1] && node.attributes['keepdims'] === 0
  const axes = isDropped ? ctx.hub.int64([axis]) : ''
  resultParts(ctx, node, isDropped ? parts.map((part) => ctx.hub.op('Squeeze', [part, axes])) : parts)
}

function concat(node: Node, ctx: LowerContext): void {
  const parts = partsOf(ctx, node, 0)
  if (parts.length === 0) return ctx.block('it joins the parts of an empty sequence')
  const axis = Number(node.attributes['axis'])
  const isNew = Boolean(node.attributes['new_axis'])
  const joined = isNew ? parts.map((part) => ctx.hub.op('Unsqueeze', [part, ctx.hub.int64([axis])])) : parts
  ctx.result(node, ctx.hub.op('Concat', joined, { axis }, { label: node.label ?? node.id }))
}

/** The body once for each part; inputs behind the first that are tensors are the same for all of them. */
async function map(node: Node, ctx: LowerContext): Promise<void> {
  const { body } = node.attributes
  if (!isGraph(body)) return ctx.block('it has no body')
  const inputs = node.inputs.map((_, i) =>
    ctx.aside(node, i)?.kind === 'sequence' ? partsOf(ctx, node, i) : undefined,
  )
  const count = inputs[0]?.length ?? ctx.block('its first input is no sequence')
  const rows: ValueName[][] = []
  for (let i = 0; i < count; i++) {
    const parts = inputs.map(
      (parts, k) => (parts ? parts[i] : ctx.input(node, k)) ?? ctx.block('its sequences differ in length'),
    )
    rows.push(await ctx.inline(body, parts))
  }
  for (const k of node.outputs.keys())
    resultParts(
      ctx,
      node,
      rows.map((row) => row[k] ?? ''),
      k,
    )
}

/** An Identity may hand on a sequence. */
function identity(node: Node, ctx: LowerContext): void {
  const aside = ctx.aside(node, 0)
  if (aside?.kind === 'sequence') return ctx.resultAside(node, aside)
  ctx.result(node, ctx.hub.op('Identity', [ctx.input(node, 0)], {}, { label: node.label ?? node.id }))
}

function optionalElement(node: Node, ctx: LowerContext): void {
  if (!node.inputs[0]) return ctx.block('it is an optional value that is not there')
  identity(node, ctx)
}

/** Whether the value is there is known: it is one of the graph, or it is left out. */
function hasElement(node: Node, ctx: LowerContext): void {
  const isThere = ctx.hub.int64([node.inputs[0] ? 1 : 0], [])
  ctx.result(node, ctx.hub.op('Cast', [isThere], { to: 'bool' }))
}

/**
 * Sequences and optionals have no type in the hub: where the number of parts is known, they are taken apart here, and none
 * is left.
 */
export const sequenceLowerings: readonly OnnxLowering[] = [
  lowering('SequenceEmpty', [], (node, ctx) => resultParts(ctx, node, [])),
  lowering('SequenceConstruct', [], construct),
  lowering('SequenceInsert', [], insert),
  lowering('SequenceErase', [], erase),
  lowering('SequenceAt', [], at),
  lowering('SequenceLength', [], length),
  lowering('SequenceMap', [], map),
  lowering('SplitToSequence', ['Split', 'Squeeze', 'Identity'], splitToSequence),
  lowering('ConcatFromSequence', ['Concat', 'Unsqueeze'], concat),
  lowering('Identity', ['Identity'], identity),
  lowering('Optional', ['Identity'], optionalElement),
  lowering('OptionalGetElement', ['Identity'], optionalElement),
  lowering('OptionalHasElement', ['Cast'], hasElement),
]
