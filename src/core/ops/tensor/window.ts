import { MalformedFileError } from '../../errors.ts'
import type { Attributes } from '../../ir/graph.ts'
import type { Dim } from '../../ir/types.ts'
import { flag, numbers, text } from './attributes.ts'
import { gridOffsets } from './pad.ts'

/** How a window slides over the spatial axes; all arrays have one entry per spatial axis. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padsBegin: readonly number[]
  readonly padsEnd: readonly number[]
  /** Sizes of the result. */
  readonly out: readonly number[]
}

export type AutoPad = 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID'

/** The window on one axis: [begin, end, out]; null where the input's size is not known and matters. */
function axisWindow(
  dim: Dim,
  extent: number,
  stride: number,
  pads: readonly [number, number],
  autoPad: AutoPad,
  ceil: boolean,
): { begin: number; end: number; out: number } | null {
  if (typeof dim !== 'number') return null
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
    const out = Math.ceil(dim / stride)
    const total = Math.max((out - 1) * stride + extent - dim, 0)
    const begin = autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)
    return { begin, end: total - begin, out }
  }
  const [begin, end] = autoPad === 'VALID' ? [0, 0] : pads
  const steps = (dim + begin + end - extent) / stride
  let out = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1
  // A last window that would start in the padding behind the end does not count.
  if (ceil && (out - 1) * stride >= dim + begin) out--
  return { begin, end, out }
}

/** Strides, dilations and pads of Conv and the pooling operators, with their defaults. */
function settings(attributes: Attributes, kernel: readonly number[]) {
  const rank = kernel.length
  const ones = new Array<number>(rank).fill(1)
  const result = {
    strides: numbers(attributes, 'strides', ones),
    dilations: numbers(attributes, 'dilations', ones),
    pads: numbers(attributes, 'pads', new Array<number>(2 * rank).fill(0)),
    autoPad: text<AutoPad>(attributes, 'auto_pad', 'NOTSET'),
    ceil: flag(attributes, 'ceil_mode', false),
  }
  if (result.strides.length !== rank || result.dilations.length !== rank || result.pads.length !== 2 * rank) {
    throw new MalformedFileError(`strides, dilations or pads do not fit a kernel of ${rank} axes`)
  }
  return result
}

/** Sizes of the result of sliding over `spatial`, null where unknown. */
export function windowDims(attributes: Attributes, spatial: readonly Dim[], kernel: readonly number[]): Dim[] {
  const { strides, dilations, pads, autoPad, ceil } = settings(attributes, kernel)
  return spatial.map((dim, i) => {
    const extent = (kernel[i]! - 1) * dilations[i]! + 1
    return axisWindow(dim, extent, strides[i]!, [pads[i]!, pads[i + kernel.length]!], autoPad, ceil)?.out ?? null
  })
}

/** The window over an input whose spatial sizes are known. */
export function windowOver(attributes: Attributes, spatial: readonly number[], kernel: readonly number[]): Window {
  const { strides, dilations, pads, autoPad, ceil } = settings(attributes, kernel)
  const axes = spatial.map((dim, i) => {
    const extent = (kernel[i]! - 1) * dilations[i]! + 1
    return axisWindow(dim, extent, strides[i]!, [pads[i]!, pads[i + kernel.length]!], autoPad, ceil)!
  })
  return {
    kernel,
    strides,
    dilations,
    padsBegin: axes.map((a) => a.begin),
    padsEnd: axes.map((a) => a.end),
    out: axes.map((a) => a.out),
  }
}

/** All combinations of indexes below the sizes, row-major. */
export function indexesOf(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (lists, size) => lists.flatMap((list) => Array.from({ length: size }, (_, i) => [...list, i])),
    [[]],
  )
}

/**
 * For each position in the kernel (row-major) the offsets into the input's spatial axes that it meets, one for each
 * position of the result; −1 in the padding.
 */
export function windowOffsets(window: Window, spatial: readonly number[]): Int32Array[] {
  return indexesOf(window.kernel).map((position) => {
    const along = position.map((k, axis) =>
      Int32Array.from({ length: window.out[axis]! }, (_, o) => {
        const index = o * window.strides[axis]! - window.padsBegin[axis]! + k * window.dilations[axis]!
        return index >= 0 && index < spatial[axis]! ? index : -1
      }),
    )
    return gridOffsets(spatial, along)
  })
}
