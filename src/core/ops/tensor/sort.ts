import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { flag, number } from './attributes.ts'
import { withDim } from './dims.ts'
import { evalTensor, numbersIn, required, scalarAt, take } from './eval-tensor.ts'
import { constantNumbers, inputType, normalAxis } from './infer.ts'
import { axisView } from './strides.ts'

function topK(x: EvalTensor, k: number, axis: number, largest: boolean): EvalTensor[] {
  const data = numbersIn(x)
  const view = axisView(x.shape, axis)
  const { outer, size, inner } = view
  const shape = x.shape.map((d, i) => (i === view.axis ? k : d))
  const values = new Float64Array(outer * k * inner)
  const indices = new Float64Array(values.length)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (j: number) => data[(o * size + j) * inner + i]!
      // Among equals the lower index comes first.
      const order = Array.from({ length: size }, (_, j) => j).sort(
        (a, b) => (largest ? compare(at(b), at(a)) : compare(at(a), at(b))) || a - b,
      )
      for (let j = 0; j < k; j++) {
        const out = (o * k + j) * inner + i
        indices[out] = order[j]!
        values[out] = at(order[j]!)
      }
    }
  }
  return [evalTensor(x.dtype, shape, values), evalTensor('int64', shape, indices)]
}

/** −1, 0 or 1; also for infinities, whose difference would be NaN. */
const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0)

interface Group {
  readonly first: number
  count: number
}

/** Equal slices along the view's axis: the index of each one's group, groups in order of first occurrence. */
function groupSlices(x: EvalTensor, { outer, size, inner }: { outer: number; size: number; inner: number }) {
  const groups: Group[] = []
  const byKey = new Map<string, number>()
  const membership = Array.from({ length: size }, (_, k) => {
    const cells: (number | string)[] = []
    for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) cells.push(x.data[(o * size + k) * inner + i]!)
    const key = cells
      .map((c) => (typeof c === 'string' ? JSON.stringify(c) : Object.is(c, -0) ? '0' : String(c)))
      .join()
    const known = byKey.get(key)
    if (known === undefined) {
      byKey.set(key, groups.length)
      groups.push({ first: k, count: 1 })
      return groups.length - 1
    }
    groups[known]!.count++
    return known
  })
  return { groups, membership }
}

function unique(x: EvalTensor, axis: number | undefined, sorted: boolean): EvalTensor[] {
  const view = axis === undefined ? { axis: 0, outer: 1, size: x.data.length, inner: 1 } : axisView(x.shape, axis)
  const { outer, size, inner } = view
  const { groups, membership } = groupSlices(x, view)
  const compareSlices = (a: number, b: number) => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const order = compare(x.data[(o * size + a) * inner + i]!, x.data[(o * size + b) * inner + i]!)
        if (order !== 0) return order
      }
    }
    return 0
  }
  const order = [...groups.keys()]
  if (sorted) order.sort((a, b) => compareSlices(groups[a]!.first, groups[b]!.first))
  const rank = new Map(order.map((group, i) => [group, i]))
  const offsets: number[] = []
  for (let o = 0; o < outer; o++) {
    for (const group of order)
      for (let i = 0; i < inner; i++) offsets.push((o * size + groups[group]!.first) * inner + i)
  }
  const shape = axis === undefined ? [order.length] : x.shape.map((d, i) => (i === view.axis ? order.length : d))
  const list = (values: readonly number[]) => evalTensor('int64', [values.length], Float64Array.from(values))
  return [
    take(x, Int32Array.from(offsets), shape),
    list(order.map((g) => groups[g]!.first)),
    list(membership.map((g) => rank.get(g)!)),
    list(order.map((g) => groups[g]!.count)),
  ]
}

const axisAttribute = (ctx: { attributes: InferContext['attributes'] }) =>
  ctx.attributes['axis'] === undefined ? undefined : number(ctx.attributes, 'axis')

/** Operators that put elements in order. */
export const sortOps: readonly OpSpec[] = [
  {
    op: 'TopK',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const k = constantNumbers(ctx, 1)?.[0] ?? null
      const axis = shape && normalAxis(ctx, number(ctx.attributes, 'axis', -1), shape.length)
      const result = shape && withDim(shape, axis as number, k)
      return [
        { dtype, shape: result },
        { dtype: 'int64', shape: result },
      ]
    },
    evaluate: (inputs, ctx) => {
      const k = scalarAt(inputs, 1, 1)
      return topK(required(inputs, 0), k, number(ctx.attributes, 'axis', -1), flag(ctx.attributes, 'largest', true))
    },
  },
  {
    op: 'Unique',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const axis = axisAttribute(ctx)
      const values = axis === undefined ? [null] : shape && withDim(shape, normalAxis(ctx, axis, shape.length), null)
      const list = { dtype: 'int64' as const, shape: [null] }
      return [{ dtype, shape: values }, list, list, list].slice(0, ctx.outputCount)
    },
    evaluate: (inputs, ctx) =>
      unique(required(inputs, 0), axisAttribute(ctx), flag(ctx.attributes, 'sorted', true)).slice(0, ctx.outputCount),
  },
]
