import type { Attributes } from '../../ir/graph.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { flag, number, text } from './attributes.ts'
import { evalTensor, numbersAt, numbersIn, required, scalarAt } from './eval-tensor.ts'
import { inputType, shapeOf } from './infer.ts'

/** Low and high corner on both axes. */
type Box = readonly [number, number, number, number]

function boxAt(boxes: Float64Array, index: number, centred: boolean): Box {
  const [a, b, c, d] = boxes.subarray(index * 4, index * 4 + 4) as unknown as [number, number, number, number]
  if (centred) return [a - c / 2, b - d / 2, a + c / 2, b + d / 2]
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
}

/** Intersection over union; 0 for boxes without an area. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  if (width <= 0 || height <= 0) return 0
  const intersection = width * height
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1])
  return intersection / (area(a) + area(b) - intersection)
}

/** Greedy selection of the best-scored boxes that do not overlap a better one; [selected, 3] of batch, class, box. */
function nonMaxSuppression(inputs: readonly (EvalTensor | undefined)[], centred: boolean): EvalTensor {
  const [boxes, scores] = [required(inputs, 0), required(inputs, 1)]
  const [batches = 0, count = 0] = boxes.shape
  const classes = scores.shape[1]!
  const limit = scalarAt(inputs, 2, 0)
  const [maxOverlap, minScore] = [scalarAt(inputs, 3, 0), scalarAt(inputs, 4, Number.NEGATIVE_INFINITY)]
  const found: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const own = numbersIn(boxes).subarray(batch * count * 4, (batch + 1) * count * 4)
    for (let c = 0; c < classes; c++) {
      const row = numbersIn(scores).subarray((batch * classes + c) * count, (batch * classes + c + 1) * count)
      const order = [...row.keys()].filter((i) => row[i]! > minScore).sort((a, b) => row[b]! - row[a]! || a - b)
      const selected: Box[] = []
      for (const i of order) {
        if (selected.length >= limit) break
        const box = boxAt(own, i, centred)
        if (selected.some((s) => overlap(box, s) > maxOverlap)) continue
        selected.push(box)
        found.push(batch, c, i)
      }
    }
  }
  return evalTensor('int64', [found.length / 3, 3], Float64Array.from(found))
}

/** The four neighbours of a point and their bilinear weights; none outside the map. */
function neighbours(y: number, x: number, height: number, width: number): { offset: number; weight: number }[] {
  if (y < -1 || y > height || x < -1 || x > width) return []
  const along = (v: number, size: number) => {
    const low = Math.min(Math.floor(Math.max(v, 0)), size - 1)
    return { low, high: Math.min(low + 1, size - 1), part: low >= size - 1 ? 0 : Math.max(v, 0) - low }
  }
  const [v, h] = [along(y, height), along(x, width)]
  return [
    { offset: v.low * width + h.low, weight: (1 - v.part) * (1 - h.part) },
    { offset: v.low * width + h.high, weight: (1 - v.part) * h.part },
    { offset: v.high * width + h.low, weight: v.part * (1 - h.part) },
    { offset: v.high * width + h.high, weight: v.part * h.part },
  ]
}

/** Samples each bin of each region of interest on a regular grid: x [N, C, H, W], rois [R, 4] → [R, C, height, width]. */
function roiAlign(inputs: readonly (EvalTensor | undefined)[], attributes: Attributes): EvalTensor {
  const x = required(inputs, 0)
  const [rois, images] = [numbersAt(inputs, 1), numbersAt(inputs, 2)]
  const [, channels = 0, height = 0, width = 0] = x.shape
  const [rows, columns] = [number(attributes, 'output_height', 1), number(attributes, 'output_width', 1)]
  const ratio = number(attributes, 'sampling_ratio', 0)
  const halfPixel = text<string>(attributes, 'coordinate_transformation_mode', 'half_pixel') === 'half_pixel'
  const max = text<string>(attributes, 'mode', 'avg') === 'max'
  const scale = number(attributes, 'spatial_scale', 1)
  const data = numbersIn(x)
  const result = new Float64Array(images.length * channels * rows * columns)
  for (let r = 0; r < images.length; r++) {
    const [x0, y0, x1, y1] = [0, 1, 2, 3].map((i) => rois[r * 4 + i]! * scale - (halfPixel ? 0.5 : 0)) as [
      number,
      number,
      number,
      number,
    ]
    const extent = (size: number) => (halfPixel ? size : Math.max(size, 1))
    const [binHeight, binWidth] = [extent(y1 - y0) / rows, extent(x1 - x0) / columns]
    const gridHeight = ratio > 0 ? ratio : Math.ceil(binHeight)
    const gridWidth = ratio > 0 ? ratio : Math.ceil(binWidth)
    for (let bin = 0; bin < rows * columns; bin++) {
      const [top, left] = [y0 + Math.floor(bin / columns) * binHeight, x0 + (bin % columns) * binWidth]
      const samples = Array.from({ length: gridHeight * gridWidth }, (_, i) =>
        neighbours(
          top + ((Math.floor(i / gridWidth) + 0.5) * binHeight) / gridHeight,
          left + (((i % gridWidth) + 0.5) * binWidth) / gridWidth,
          height,
          width,
        ),
      )
      for (let c = 0; c < channels; c++) {
        const plane = (images[r]! * channels + c) * height * width
        const parts = samples.map((taps) => taps.map(({ offset, weight }) => weight * data[plane + offset]!))
        // The maximum is over the weighted neighbours, as the operator was defined by its first implementation.
        result[(r * channels + c) * rows * columns + bin] = max
          ? parts.reduce((best, p) => Math.max(best, ...(p.length ? p : [0])), Number.NEGATIVE_INFINITY)
          : parts.flat().reduce((sum, p) => sum + p, 0) / Math.max(samples.length, 1)
      }
    }
  }
  return evalTensor(x.dtype, [images.length, channels, rows, columns], result)
}

/** Operators of object detection. */
export const detectionOps: readonly OpSpec[] = [
  {
    op: 'NonMaxSuppression',
    infer: () => [{ dtype: 'int64', shape: [null, 3] }],
    evaluate: (inputs, ctx) => [nonMaxSuppression(inputs, flag(ctx.attributes, 'center_point_box', false))],
  },
  {
    op: 'RoiAlign',
    infer: (ctx) => {
      const { attributes } = ctx
      const size = [number(attributes, 'output_height', 1), number(attributes, 'output_width', 1)]
      const { dtype, shape } = inputType(ctx, 0)
      return [{ dtype, shape: [shapeOf(ctx, 1)?.[0] ?? null, shape?.[1] ?? null, ...size] }]
    },
    evaluate: (inputs, ctx) => [roiAlign(inputs, ctx.attributes)],
  },
]
