import { PortolanError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { flag, number, optionalNumbers, text } from './attributes.ts'
import { mapDim, product, sum, unifyDim, withDim } from './dims.ts'
import { evalTensor, numbersAt, optionalNumbersAt, required, scalarAt, take } from './eval-tensor.ts'
import { constantNumbers, fail, inputType, normalAxis, sameAs, sharedType, unknownDims, unknownTypes } from './infer.ts'
import { reshaped } from './shape.ts'
import { axisView, checkedAxis, stridedOffsets, stridesOf } from './strides.ts'

/** The permutation of a Transpose: reversed axes when the attribute is absent. */
export function permutationOf(attributes: InferContext['attributes'], rank: number): readonly number[] {
  return optionalNumbers(attributes, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i)
}

/** The tensor with its axes permuted: axis i of the result is axis `perm[i]` of the input. */
export function transposed(tensor: EvalTensor, perm: readonly number[]): EvalTensor {
  const strides = stridesOf(tensor.shape)
  const shape = perm.map((p) => tensor.shape[p]!)
  return take(
    tensor,
    stridedOffsets(
      shape,
      perm.map((p) => strides[p]!),
    ),
    shape,
  )
}

/** The tensors one after the other along an axis. */
export function concatenated(tensors: readonly EvalTensor[], axis: number): EvalTensor {
  const first = tensors[0]!
  const a = checkedAxis(axis, first.shape.length)
  const shape = first.shape.map((d, i) => (i === a ? tensors.reduce((n, t) => n + t.shape[a]!, 0) : d))
  const outer = elementCount(shape.slice(0, a))
  const blocks = tensors.map((t) => t.data.length / Math.max(outer, 1))
  if (first.data instanceof Float64Array) {
    const result = new Float64Array(elementCount(shape))
    let at = 0
    for (let o = 0; o < outer; o++) {
      for (const [i, { data }] of tensors.entries()) {
        const block = blocks[i]!
        result.set((data as Float64Array).subarray(o * block, (o + 1) * block), at)
        at += block
      }
    }
    return evalTensor(first.dtype, shape, result)
  }
  const parts = Array.from({ length: outer }, (_, o) =>
    tensors.flatMap(({ data }, i) => Array.from(data as readonly string[]).slice(o * blocks[i]!, (o + 1) * blocks[i]!)),
  )
  return evalTensor(first.dtype, shape, parts.flat())
}

/** Part of a tensor along an axis: `size` indexes from `start` on. */
export function sliced(tensor: EvalTensor, axis: number, start: number, size: number): EvalTensor {
  const strides = stridesOf(tensor.shape)
  const shape = tensor.shape.map((d, i) => (i === axis ? size : d))
  return take(tensor, stridedOffsets(shape, strides, start * (strides[axis] ?? 1)), shape)
}

function inferConcat(ctx: InferContext) {
  const types = ctx.inputs.map((_, i) => inputType(ctx, i))
  const dtype = sharedType(ctx, [...types.keys()])
  const shapes = types.flatMap((t) => (t.shape ? [t.shape] : []))
  const first = shapes[0]
  if (!first) return [{ dtype, shape: null }]
  const axis = normalAxis(ctx, number(ctx.attributes, 'axis'), first.length)
  const shape = first.map((dim, i) => {
    if (i === axis) return shapes.length === types.length ? sum(shapes.map((s) => s[i] as Dim)) : null
    return shapes.reduce<Dim>((d, s) => {
      if (s.length !== first.length) fail(ctx, 'the inputs have different numbers of axes')
      const unified = unifyDim(d, s[i] as Dim)
      return unified === undefined ? fail(ctx, `the sizes of axis ${i} differ`) : unified
    }, dim)
  })
  return [{ dtype, shape }]
}

/** Sizes of the parts when an axis is split evenly: all equal, the last one smaller when it does not divide. */
function evenSplit(size: number, count: number): number[] {
  const chunk = Math.ceil(size / count)
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(chunk, size - i * chunk)))
}

function inferSplit(ctx: InferContext) {
  const { dtype, shape } = inputType(ctx, 0)
  if (!shape) return unknownTypes(ctx.outputCount).map((t) => ({ ...t, dtype }))
  const axis = normalAxis(ctx, number(ctx.attributes, 'axis', 0), shape.length)
  const dim = shape[axis]
  const sizes = ctx.inputs[1]
    ? constantNumbers(ctx, 1)
    : typeof dim === 'number'
      ? evenSplit(dim, ctx.outputCount)
      : undefined
  if (sizes && typeof dim === 'number' && sizes.reduce((n, s) => n + s, 0) !== dim) {
    fail(ctx, `the parts ${sizes.join(', ')} do not add up to ${dim}`)
  }
  return Array.from({ length: ctx.outputCount }, (_, i) => ({ dtype, shape: withDim(shape, axis, sizes?.[i] ?? null) }))
}

/** [b, c, h, w] to [b, c/s², h·s, w·s] and back, by reshaping and transposing. */
function blockMove(x: EvalTensor, shape: readonly number[], perm: readonly number[], result: readonly number[]) {
  return reshaped(transposed(reshaped(x, shape), perm), result)
}

function depthToSpace(x: EvalTensor, s: number, mode: string): EvalTensor {
  const [b = 0, c = 0, h = 0, w = 0] = x.shape
  const result = [b, c / (s * s), h * s, w * s]
  return mode === 'CRD'
    ? blockMove(x, [b, c / (s * s), s, s, h, w], [0, 1, 4, 2, 5, 3], result)
    : blockMove(x, [b, s, s, c / (s * s), h, w], [0, 3, 4, 1, 5, 2], result)
}

function spaceToDepth(x: EvalTensor, s: number): EvalTensor {
  const [b = 0, c = 0, h = 0, w = 0] = x.shape
  return blockMove(x, [b, c, h / s, s, w / s, s], [0, 3, 5, 1, 2, 4], [b, c * s * s, h / s, w / s])
}

function inferBlockMove(channels: (c: number, s: number) => number, space: (d: number, s: number) => number) {
  return (ctx: InferContext) => {
    const { dtype, shape } = inputType(ctx, 0)
    const s = number(ctx.attributes, 'blocksize')
    if (!shape) return [{ dtype, shape: unknownDims(4) }]
    const result = shape.map((d, i) => (i === 0 ? d : mapDim(d, (n) => (i === 1 ? channels(n, s) : space(n, s)))))
    if (result.some((d) => typeof d === 'number' && !Number.isInteger(d))) fail(ctx, `blocks of ${s} do not fit`)
    return [{ dtype, shape: result }]
  }
}

function trilu(x: EvalTensor, upper: boolean, k: number): EvalTensor {
  const [rows = 0, columns = 0] = x.shape.slice(-2)
  const offsets = Int32Array.from({ length: x.data.length }, (_, i) => {
    const distance = (i % columns) - (Math.floor(i / columns) % rows)
    return (upper ? distance >= k : distance <= k) ? i : -1
  })
  return take(x, offsets, x.shape)
}

/** The first `lengths[b]` steps of each batch entry in reverse order. */
export function reverseSequence(
  x: EvalTensor,
  lengths: ArrayLike<number>,
  timeAxis: number,
  batchAxis: number,
): EvalTensor {
  const strides = stridesOf(x.shape)
  const time = strides[timeAxis]!
  const offsets = Int32Array.from({ length: x.data.length }, (_, i) => {
    const t = Math.floor(i / time) % x.shape[timeAxis]!
    const length = lengths[Math.floor(i / strides[batchAxis]!) % x.shape[batchAxis]!]!
    return t < length ? i + (length - 1 - 2 * t) * time : i
  })
  return take(x, offsets, x.shape)
}

/** Operators that move elements without changing them. */
export const movementOps: readonly OpSpec[] = [
  {
    op: 'Transpose',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const rank = shape?.length ?? optionalNumbers(ctx.attributes, 'perm')?.length
      if (rank === undefined) return [{ dtype, shape: null }]
      const perm = permutationOf(ctx.attributes, rank)
      if (perm.length !== rank || new Set(perm).size !== rank) fail(ctx, `perm [${perm}] is no permutation of its axes`)
      return [{ dtype, shape: shape ? perm.map((p) => shape[p] ?? null) : unknownDims(rank) }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      return [transposed(x, permutationOf(ctx.attributes, x.shape.length))]
    },
  },
  {
    op: 'Concat',
    infer: inferConcat,
    evaluate: (inputs, ctx) => [
      concatenated(
        inputs.map((_, i) => required(inputs, i)),
        number(ctx.attributes, 'axis'),
      ),
    ],
  },
  {
    op: 'Split',
    infer: inferSplit,
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const axis = checkedAxis(number(ctx.attributes, 'axis', 0), x.shape.length)
      let start = 0
      return (optionalNumbersAt(inputs, 1) ?? evenSplit(x.shape[axis]!, ctx.outputCount)).map((size) => {
        start += size
        return sliced(x, axis, start - size, size)
      })
    },
  },
  {
    op: 'Tile',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const repeats = constantNumbers(ctx, 1)
      return [{ dtype, shape: shape ? shape.map((d, i) => (repeats ? product([d, repeats[i] ?? null]) : null)) : null }]
    },
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      const repeats = numbersAt(inputs, 1)
      const strides = stridesOf(x.shape)
      // Each axis becomes two: the repetition, which moves nothing, and the axis itself.
      const shape = x.shape.flatMap((d, i) => [repeats[i]!, d])
      const offsets = stridedOffsets(
        shape,
        strides.flatMap((s) => [0, s]),
      )
      return [
        take(
          x,
          offsets,
          x.shape.map((d, i) => d * repeats[i]!),
        ),
      ]
    },
  },
  {
    op: 'DepthToSpace',
    infer: inferBlockMove(
      (c, s) => c / (s * s),
      (d, s) => d * s,
    ),
    evaluate: (inputs, ctx) => [
      depthToSpace(required(inputs, 0), number(ctx.attributes, 'blocksize'), text(ctx.attributes, 'mode', 'DCR')),
    ],
  },
  {
    op: 'SpaceToDepth',
    infer: inferBlockMove(
      (c, s) => c * s * s,
      (d, s) => d / s,
    ),
    evaluate: (inputs, ctx) => [spaceToDepth(required(inputs, 0), number(ctx.attributes, 'blocksize'))],
  },
  {
    op: 'Trilu',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => [
      trilu(required(inputs, 0), flag(ctx.attributes, 'upper', true), scalarAt(inputs, 1, 0)),
    ],
  },
  {
    op: 'ReverseSequence',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => {
      const time = number(ctx.attributes, 'time_axis', 0)
      const batch = number(ctx.attributes, 'batch_axis', 1)
      return [reverseSequence(required(inputs, 0), numbersAt(inputs, 1), time, batch)]
    },
  },
  {
    op: 'Compress',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      if (ctx.attributes['axis'] === undefined) return [{ dtype, shape: [null] }]
      const axis = shape && normalAxis(ctx, number(ctx.attributes, 'axis'), shape.length)
      return [{ dtype, shape: shape && withDim(shape, axis as number, null) }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const kept = Array.from(numbersAt(inputs, 1)).flatMap((keep, i) => (keep ? i : []))
      if (ctx.attributes['axis'] === undefined) return [take(x, Int32Array.from(kept), [kept.length])]
      const { axis, outer, size, inner } = axisView(x.shape, number(ctx.attributes, 'axis'))
      if (kept.some((i) => i >= size)) throw new PortolanError('invalid-input', 'the condition is longer than the axis')
      const rows = Array.from({ length: outer }, (_, o) => kept.map((k) => (o * size + k) * inner)).flat()
      const offsets = Int32Array.from(
        { length: rows.length * inner },
        (_, i) => rows[Math.floor(i / inner)]! + (i % inner),
      )
      return [
        take(
          x,
          offsets,
          x.shape.map((d, i) => (i === axis ? kept.length : d)),
        ),
      ]
    },
  },
]
