import { PortolanError } from '../core/errors.ts'
import type { DType } from '../core/ir/dtype.ts'
import { elementCount } from '../core/ir/tensor.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import { readNpy } from '../encodings/npy/npy.ts'
import type { Engine, Values } from '../runtime/predict.ts'
import { type TextTable, tableToInputs } from '../runtime/table.ts'
import { tabularInputs } from '../runtime/tabular.ts'
import { tensorsFromJson } from '../runtime/tensor-json.ts'
import { tensorFromArray } from '../runtime/tensor-npz.ts'
import { imageTensor } from './image-tensor.ts'

/** What a model is to be tried on: rows of a table, or a tensor for each input in the order of the signature. */
export type TestRequest =
  | { readonly kind: 'table'; readonly table: TextTable }
  | { readonly kind: 'tensors'; readonly fills: readonly TensorFill[] }

/** Where the elements of an input come from. Both engines make the same ones of it. */
export type TensorFill =
  | { readonly kind: 'random'; readonly shape: readonly number[]; readonly seed: number }
  | { readonly kind: 'zeros'; readonly shape: readonly number[] }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'npy'; readonly file: Blob }
  | ({ readonly kind: 'image'; readonly shape: readonly number[]; readonly file: Blob } & ImageReading)

/** What a channel's 0–255 becomes; `imagenet` is what torchvision's models take: 0–1 less the mean, by the deviation. */
export type PixelRange = '0..1' | '-1..1' | '0..255' | 'imagenet'

/** How a picture becomes numbers. */
export interface ImageReading {
  readonly pixels: PixelRange
  /** BGR is the order of OpenCV and Caffe. */
  readonly order: 'rgb' | 'bgr'
}

/** 2²⁶ elements are half a gigabyte in float64. */
const MAX_ELEMENTS = 1 << 26

/**
 * The engine's inputs for a request.
 * Throws PortolanError('invalid-input') for what is no table, tensor or image, or does not fit the engine.
 */
export async function requestValues(engine: Engine, request: TestRequest): Promise<Values> {
  if (request.kind === 'table') return tableToInputs(tabularInputs(engine, request.table), request.table)
  const entries = engine.inputs.map(async ({ value }, i) => {
    const fill = request.fills[i]
    if (!fill) throw new PortolanError('invalid-input', `there are no values for the input ${value}`)
    const dtype = engine.inputValues.find(({ name }) => name === value)?.dtype ?? 'float32'
    return [value, await fillTensor(fill, value, dtype)] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

async function fillTensor(fill: TensorFill, name: string, dtype: DType): Promise<EvalTensor> {
  switch (fill.kind) {
    case 'json':
      return tensorsFromJson(`{${JSON.stringify(name)}: ${fill.text}}`)[name] as EvalTensor
    case 'npy':
      return tensorFromArray(name, readNpy(new Uint8Array(await fill.file.arrayBuffer())))
    case 'image':
      checkSize(name, fill.shape)
      return imageTensor(fill.file, fill.shape, fill)
    case 'zeros':
      checkSize(name, fill.shape)
      return dtype === 'string'
        ? { dtype, shape: fill.shape, data: new Array<string>(elementCount(fill.shape)).fill('') }
        : { dtype, shape: fill.shape, data: new Float64Array(elementCount(fill.shape)) }
    case 'random':
      checkSize(name, fill.shape)
      if (dtype !== 'string') return { dtype, shape: fill.shape, data: randomNumbers(fill.shape, fill.seed, dtype) }
      throw new PortolanError('invalid-input', `the input ${name} takes text, which can not be made up`, {
        hint: 'Give it as JSON.',
      })
  }
}

function checkSize(name: string, shape: readonly number[]): void {
  if (shape.some((d) => !Number.isInteger(d) || d < 0) || elementCount(shape) > MAX_ELEMENTS) {
    throw new PortolanError('invalid-input', `the input ${name} can not have the shape [${shape.join(', ')}]`, {
      hint: `Give whole dimensions with at most ${MAX_ELEMENTS} elements in all.`,
    })
  }
}

/** Floats are standard normal and representable in float32; integers are 0–9, booleans 0 and 1. */
function randomNumbers(shape: readonly number[], seed: number, dtype: DType): Float64Array {
  const next = mulberry32(seed)
  const sample =
    dtype === 'bool'
      ? () => Math.floor(next() * 2)
      : dtype.startsWith('float') || dtype === 'bfloat16'
        ? () => Math.fround(Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()))
        : () => Math.floor(next() * 10)
  return Float64Array.from({ length: elementCount(shape) }, sample)
}

/** Tommy Ettinger's mulberry32 generator: numbers in [0, 1), the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
