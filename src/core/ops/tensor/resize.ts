import { UnsupportedError } from '../../errors.ts'
import type { Attributes } from '../../ir/graph.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { flag, number, optionalNumbers, text } from './attributes.ts'
import { mapDim } from './dims.ts'
import { evalTensor, numbersIn, optionalNumbersAt, required } from './eval-tensor.ts'
import { constantNumbers, inputType, normalAxis } from './infer.ts'
import { antialiasTaps, cubic, kernelTaps, LINEAR, nearestTap, type Tap } from './interpolation.ts'
import { axisView, checkedAxis } from './strides.ts'

/** How one axis is resized. */
interface AxisPlan {
  readonly size: number
  readonly out: number
  /** out / size as asked for, before rounding. */
  readonly scale: number
  /** Region of interest in [0, 1], for tf_crop_and_resize. */
  readonly roi: readonly [number, number]
}

const roundHalfUp = (x: number) => Math.floor(x + 0.5)

/** Size and scale of each resized axis, from scales or from wanted sizes. */
function resizedAxes(
  sizes: readonly number[],
  scales: readonly number[] | undefined,
  wanted: readonly number[] | undefined,
  policy: string,
): { out: number; scale: number }[] {
  if (scales && scales.length > 0) return sizes.map((d, i) => ({ out: Math.floor(d * scales[i]!), scale: scales[i]! }))
  const ratios = sizes.map((d, i) => wanted![i]! / d)
  if (policy === 'stretch') return ratios.map((scale, i) => ({ out: wanted![i]!, scale }))
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  return sizes.map((d) => ({ out: roundHalfUp(d * scale), scale }))
}

/** Where position `i` of the result lies in the input (attribute coordinate_transformation_mode). */
function sourceCoordinate(attributes: Attributes, i: number, { size, out, scale, roi }: AxisPlan): number {
  const mode = text(attributes, 'coordinate_transformation_mode', 'half_pixel')
  const halfPixel = (i + 0.5) / scale - 0.5
  switch (mode) {
    case 'half_pixel':
      return halfPixel
    case 'half_pixel_symmetric': {
      const adjustment = out / (scale * size)
      return (size / 2) * (1 - adjustment) + halfPixel
    }
    case 'pytorch_half_pixel':
      return out > 1 ? halfPixel : 0
    case 'align_corners':
      return out > 1 ? (i * (size - 1)) / (out - 1) : 0
    case 'asymmetric':
      return i / scale
    case 'tf_crop_and_resize': {
      const [start, end] = roi
      if (out > 1) return start * (size - 1) + (i * (end - start) * (size - 1)) / (out - 1)
      return 0.5 * (start + end) * (size - 1)
    }
    default:
      throw new UnsupportedError(`Resize with coordinates ${mode}`)
  }
}

function tapsAt(attributes: Attributes, x: number, { size, scale }: AxisPlan): Tap[] {
  const mode = text(attributes, 'mode', 'nearest')
  const clamped = ({ index, weight }: Tap) => ({ index: Math.min(Math.max(index, 0), size - 1), weight })
  if (mode === 'nearest') return [clamped(nearestTap(x, text(attributes, 'nearest_mode', 'round_prefer_floor')))]
  const kernel = mode === 'linear' ? LINEAR : cubic(number(attributes, 'cubic_coeff_a', -0.75))
  const isSmoothed = scale < 1 && flag(attributes, 'antialias', false)
  const taps = isSmoothed ? antialiasTaps(x, scale, kernel) : kernelTaps(x, kernel)
  if (!flag(attributes, 'exclude_outside', false)) return taps.map(clamped)
  const inside = taps.filter(({ index }) => index >= 0 && index < size)
  const total = inside.reduce((sum, t) => sum + t.weight, 0)
  return inside.map((t) => ({ index: t.index, weight: t.weight / total }))
}

/** Interpolates along one axis. */
function resizeAxis(x: EvalTensor, axis: number, plan: AxisPlan, attributes: Attributes): EvalTensor {
  const data = numbersIn(x)
  const { outer, size, inner } = axisView(x.shape, axis)
  const result = new Float64Array(outer * plan.out * inner)
  for (let i = 0; i < plan.out; i++) {
    for (const { index, weight } of tapsAt(attributes, sourceCoordinate(attributes, i, plan), plan)) {
      for (let o = 0; o < outer; o++) {
        const target = (o * plan.out + i) * inner
        const source = (o * size + index) * inner
        for (let k = 0; k < inner; k++) result[target + k]! += weight * data[source + k]!
      }
    }
  }
  return evalTensor(
    x.dtype,
    x.shape.map((d, a) => (a === axis ? plan.out : d)),
    result,
  )
}

/** Sets what lies outside the input along one axis to the extrapolation value. */
function extrapolate(x: EvalTensor, axis: number, plan: AxisPlan, attributes: Attributes): void {
  const value = number(attributes, 'extrapolation_value', 0)
  const { outer, size, inner } = axisView(x.shape, axis)
  for (let i = 0; i < size; i++) {
    const at = sourceCoordinate(attributes, i, plan)
    if (at >= 0 && at <= plan.size - 1) continue
    for (let o = 0; o < outer; o++) numbersIn(x).fill(value, (o * size + i) * inner, (o * size + i + 1) * inner)
  }
}

function resize(inputs: readonly (EvalTensor | undefined)[], attributes: Attributes): EvalTensor {
  const x = required(inputs, 0)
  const axes = optionalNumbers(attributes, 'axes')?.map((a) => checkedAxis(a, x.shape.length)) ?? [...x.shape.keys()]
  const [roi, scales, sizes] = [1, 2, 3].map((i) => optionalNumbersAt(inputs, i))
  const policy = text(attributes, 'keep_aspect_ratio_policy', 'stretch')
  const axisSizes = axes.map((a) => x.shape[a]!)
  const plans = resizedAxes(axisSizes, scales, sizes, policy).map(({ out, scale }, i): AxisPlan => {
    const region = roi && roi.length > 0 ? ([roi[i]!, roi[i + axes.length]!] as const) : ([0, 1] as const)
    return { size: axisSizes[i]!, out, scale, roi: region }
  })
  const crops = text(attributes, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize'
  let result = x
  for (const [i, axis] of axes.entries()) {
    const plan = plans[i]!
    if (crops || plan.scale !== 1 || plan.out !== plan.size) result = resizeAxis(result, axis, plan, attributes)
  }
  if (crops) for (const [i, axis] of axes.entries()) extrapolate(result, axis, plans[i]!, attributes)
  return result
}

function inferResize(ctx: InferContext) {
  const { dtype, shape } = inputType(ctx, 0)
  if (!shape) return [{ dtype, shape: null }]
  const listed = optionalNumbers(ctx.attributes, 'axes')
  const axes = listed?.map((a) => normalAxis(ctx, a, shape.length)) ?? [...shape.keys()]
  const [scales, wanted] = [2, 3].map((i) => constantNumbers(ctx, i))
  const policy = text(ctx.attributes, 'keep_aspect_ratio_policy', 'stretch')
  const known = axes.map((a) => shape[a])
  const numeric = known.every((d) => typeof d === 'number')
  const result: Dim[] = [...shape]
  for (const [i, axis] of axes.entries()) {
    const dim = shape[axis] ?? null
    if (scales?.length) result[axis] = scales[i] === 1 ? dim : mapDim(dim, (n) => Math.floor(n * scales[i]!))
    else if (wanted && policy === 'stretch') result[axis] = wanted[i] ?? null
    else result[axis] = wanted && numeric ? resizedAxes(known as number[], undefined, wanted, policy)[i]!.out : null
  }
  return [{ dtype, shape: result }]
}

/** Resize in all modes and coordinate transformations. */
export const resizeOps: readonly OpSpec[] = [
  { op: 'Resize', infer: inferResize, evaluate: (inputs, ctx) => [resize(inputs, ctx.attributes)] },
]
