import type { DType } from '../../../../core/ir/dtype.ts'
import { int64 } from '../../../../core/ir/tensor.ts'
import { decompositionRules } from './decompositions.ts'
import { constantNumbers, type DowngradeRule, NotExpressible, type Rewrite, rankOf, without } from './rewrite.ts'

const REDUCTIONS = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare']

/** Axes were an attribute; none meant all. */
function reduceWithAxesAttribute(rewrite: Rewrite): void {
  const { node } = rewrite
  const [data = ''] = node.inputs
  const { noop_with_empty_axes: noop, ...attributes } = node.attributes
  const axes = node.inputs[1] ? constantNumbers(rewrite, 1, 'axes') : []
  if (axes.length === 0 && noop) rewrite.finish('Identity', [data])
  else rewrite.finish(node.op, [data], axes.length === 0 ? attributes : { ...attributes, axes })
}

/** Without `num_outputs` the split was into equal parts, or by an input. */
function splitWithoutCount(rewrite: Rewrite): void {
  const { node } = rewrite
  const { num_outputs: count, ...attributes } = node.attributes
  const [data = '', split] = node.inputs
  if (split || count === undefined) return rewrite.finish('Split', node.inputs, attributes)
  const shape = rewrite.type(data).shape
  const axis = Number(attributes['axis'] ?? 0)
  const size = shape?.at(axis)
  const parts = Number(count)
  if (typeof size !== 'number') throw new NotExpressible('the size that it splits is not known')
  const chunk = Math.ceil(size / parts)
  const sizes = Array.from({ length: parts }, (_, i) => (i < parts - 1 ? chunk : size - chunk * (parts - 1)))
  rewrite.finish('Split', [data, rewrite.addConstant(int64(sizes))], attributes)
}

/** Pads were for all axes. */
function padAllAxes(rewrite: Rewrite): void {
  const { node } = rewrite
  const [data = '', pads = '', value = '', axesInput] = node.inputs
  if (node.attributes['mode'] === 'wrap') throw new NotExpressible('its mode is wrap')
  if (!axesInput) return rewrite.finish('Pad', node.inputs, node.attributes)
  const rank = rankOf(rewrite, data)
  const axes = constantNumbers(rewrite, 3, 'axes')
  const given = constantNumbers(rewrite, 1, 'pads')
  const all = new Array<number>(2 * rank).fill(0)
  for (const [i, axis] of axes.entries()) {
    const at = axis < 0 ? axis + rank : axis
    all[at] = given[i] ?? 0
    all[at + rank] = given[i + axes.length] ?? 0
  }
  rewrite.finish('Pad', [data, pads && rewrite.addConstant(int64(all)), ...(value ? [value] : [])], node.attributes)
}

function resizeAllAxes(rewrite: Rewrite): void {
  const { node } = rewrite
  const { axes, ...rest } = without(rewrite, { antialias: 0, keep_aspect_ratio_policy: 'stretch' })
  if (axes !== undefined) throw new NotExpressible('it resizes some axes only')
  if (rest['coordinate_transformation_mode'] === 'half_pixel_symmetric') {
    throw new NotExpressible('its coordinate transformation is half_pixel_symmetric')
  }
  rewrite.finish('Resize', node.inputs, rest)
}

/** Rules that leave out attributes which older opsets do not have, where they say the default. */
function withoutNews(op: string, since: number, defaults: Readonly<Record<string, unknown>>): DowngradeRule {
  return { op, since, rewrite: (rewrite) => rewrite.finish(op, rewrite.node.inputs, without(rewrite, defaults)) }
}

/** A shape without zeros means the same with and without `allowzero`. */
function reshapeWithoutAllowZero(rewrite: Rewrite): void {
  const { allowzero, ...attributes } = rewrite.node.attributes
  if (allowzero && constantNumbers(rewrite, 1, 'new sizes').includes(0)) throw new NotExpressible('allowzero is set')
  rewrite.finish('Reshape', rewrite.node.inputs, attributes)
}

/** Shape gave all sizes. */
function shapeThenSlice(rewrite: Rewrite): void {
  const { start = 0, end } = rewrite.node.attributes
  if (!start && end === undefined) return rewrite.finish('Shape', rewrite.node.inputs)
  const all = rewrite.add('Shape', rewrite.node.inputs)
  const bounds = [Number(start), end === undefined ? 2 ** 31 : Number(end)].map((n) => rewrite.addConstant(int64([n])))
  rewrite.finish('Slice', [all, ...bounds])
}

function scatterBefore16(op: string): DowngradeRule {
  return withoutNews(op, 16, { reduction: 'none' })
}

function scatterBefore18(op: string): DowngradeRule {
  return {
    op,
    since: 18,
    rewrite: (rewrite) => {
      const reduction = rewrite.node.attributes['reduction']
      if (reduction === 'max' || reduction === 'min') throw new NotExpressible(`its reduction is ${reduction}`)
      rewrite.finish(op, rewrite.node.inputs, rewrite.node.attributes)
    },
  }
}

/** Cast to the type of another value, which is known. */
function castInsteadOfCastLike(rewrite: Rewrite): void {
  const [value = '', like = ''] = rewrite.node.inputs
  const to = rewrite.type(like).dtype
  if (to === null) throw new NotExpressible('the type to cast to is not known')
  rewrite.finish('Cast', [value], { to })
}

/** Modes were named after images before three dimensions came. */
function gridSampleOfImages(rewrite: Rewrite): void {
  const { node } = rewrite
  if (rankOf(rewrite, node.inputs[0] ?? '') !== 4) throw new NotExpressible('it samples volumes')
  const names: Readonly<Record<string, string>> = { linear: 'bilinear', cubic: 'bicubic' }
  const mode = String(node.attributes['mode'] ?? 'linear')
  rewrite.finish('GridSample', node.inputs, { ...node.attributes, mode: names[mode] ?? mode })
}

function roiAlignWithoutHalfPixel(rewrite: Rewrite): void {
  const { coordinate_transformation_mode: mode, ...attributes } = rewrite.node.attributes
  if (mode !== 'output_half_pixel') throw new NotExpressible('its coordinate transformation is half_pixel')
  rewrite.finish('RoiAlign', rewrite.node.inputs, attributes)
}

/** Operators that took up an element type late: what their input `index` could not be before. */
function newTypes(op: string, since: number, index: number, types: readonly DType[]): DowngradeRule {
  return {
    op,
    since,
    rewrite: (rewrite) => {
      const { node } = rewrite
      const { dtype } = rewrite.type(node.inputs[index] ?? '')
      if (dtype !== null && types.includes(dtype)) throw new NotExpressible(`it computes on ${dtype}`)
      rewrite.finish(op, node.inputs, node.attributes)
    },
  }
}

const SMALL_INTEGERS: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16']
const SHORT_INTEGERS: readonly DType[] = ['int16', 'uint16']

/**
 * The hub's form of each operator that changed between opsets 13 and 21, and how older opsets say it
 * (differences by onnx.defs of ONNX 1.23). Newer opsets, up to 23, only add to what is there.
 */
export const DOWNGRADE_RULES: readonly DowngradeRule[] = [
  ...decompositionRules,
  ...REDUCTIONS.map((name) => ({ op: `Reduce${name}`, since: 18, rewrite: reduceWithAxesAttribute })),
  ...['Add', 'Sub', 'Mul', 'Div'].map((op) => newTypes(op, 14, 0, SMALL_INTEGERS)),
  ...['ReduceMax', 'ReduceMin'].map((op) => newTypes(op, 20, 0, ['bool'])),
  newTypes('Relu', 14, 0, ['int8', 'int16', 'int32', 'int64']),
  newTypes('CumSum', 14, 0, ['float16']),
  newTypes('DequantizeLinear', 21, 0, SHORT_INTEGERS),
  newTypes('Equal', 19, 0, ['string']),
  newTypes('IsInf', 20, 0, ['float16']),
  newTypes('QLinearMatMul', 21, 1, ['float16']),
  newTypes('QuantizeLinear', 21, 2, SHORT_INTEGERS),
  ...['BitwiseAnd', 'BitwiseNot', 'BitwiseOr', 'BitwiseXor'].map((op) => ({ op, since: 18 })),
  ...['StringConcat', 'StringSplit', 'RegexFullMatch'].map((op) => ({ op, since: 20 })),
  ...['LSTM', 'GRU', 'RNN'].map((op) => withoutNews(op, 14, { layout: 0 })),
  ...['ScatterElements', 'ScatterND'].flatMap((op) => [scatterBefore18(op), scatterBefore16(op)]),
  withoutNews('AveragePool', 19, { dilations: 1 }),
  withoutNews('BatchNormalization', 14, { training_mode: 0 }),
  withoutNews('Cast', 19, { saturate: 1 }),
  withoutNews('DequantizeLinear', 21, { block_size: 0 }),
  withoutNews('LpPool', 18, { ceil_mode: 0, dilations: 1 }),
  withoutNews('QuantizeLinear', 21, { block_size: 0, output_dtype: 0 }),
  withoutNews('QuantizeLinear', 19, { saturate: 1 }),
  { op: 'CastLike', since: 19, rewrite: castInsteadOfCastLike },
  { op: 'GridSample', since: 20, rewrite: gridSampleOfImages },
  { op: 'GridSample', since: 16 },
  { op: 'Pad', since: 19, rewrite: padAllAxes },
  { op: 'Reshape', since: 14, rewrite: reshapeWithoutAllowZero },
  { op: 'Resize', since: 19, rewrite: resizeAllAxes },
  { op: 'RoiAlign', since: 16, rewrite: roiAlignWithoutHalfPixel },
  { op: 'Shape', since: 15, rewrite: shapeThenSlice },
  { op: 'Split', since: 18, rewrite: splitWithoutCount },
  { op: 'Trilu', since: 14 },
]
