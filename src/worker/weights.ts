import { PortolanError } from '../core/errors.ts'
import type { TensorData } from '../core/ir/dtype.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { booleanArray, numericArray, stringArray } from '../encodings/npy/encode-array.ts'
import { float16ToFloat32, float16ToNumber } from '../encodings/npy/float16.ts'
import type { NdArray, NumericData } from '../encodings/npy/nd-array.ts'
import { writeNpy } from '../encodings/npy/npy.ts'
import { formatFloat32 } from '../runtime/table.ts'

/** What the inspector says of a tensor. */
export interface WeightsView {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly elements: number
  /** Of the finite elements; null for strings and where there are none. */
  readonly statistics: WeightStatistics | null
}

export interface WeightStatistics {
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Of the population: divided by n. */
  readonly deviation: number
  readonly zeros: number
  /** NaN and infinities. */
  readonly nonFinite: number
  /** Counts in bins of equal width from min to max. */
  readonly histogram: readonly number[]
}

const BINS = 32

/** Shape, statistics and histogram of a tensor. */
export async function weightsView(tensor: Tensor): Promise<WeightsView> {
  const data = await tensor.load()
  const statistics = tensor.dtype === 'string' ? null : statisticsOf(numberReader(tensor, data), data.length)
  return { dtype: tensor.dtype, shape: tensor.shape, elements: data.length, statistics }
}

function statisticsOf(at: (index: number) => number, length: number): WeightStatistics | null {
  let [min, max, mean, squares, count, zeros] = [Infinity, -Infinity, 0, 0, 0, 0]
  for (let i = 0; i < length; i++) {
    const x = at(i)
    if (!Number.isFinite(x)) continue
    count++
    if (x === 0) zeros++
    if (x < min) min = x
    if (x > max) max = x
    // Welford's update: no cancellation in large tensors.
    const delta = x - mean
    mean += delta / count
    squares += delta * (x - mean)
  }
  if (count === 0) return null
  const histogram = new Array<number>(min === max ? 1 : BINS).fill(0)
  for (let i = 0; i < length; i++) {
    const x = at(i)
    if (!Number.isFinite(x)) continue
    const bin = min === max ? 0 : Math.min(BINS - 1, Math.floor(((x - min) / (max - min)) * BINS))
    histogram[bin] = (histogram[bin] ?? 0) + 1
  }
  return { min, max, mean, deviation: Math.sqrt(squares / count), zeros, nonFinite: length - count, histogram }
}

/** Some elements as text, in row-major order from `offset`. */
export async function weightsPage(tensor: Tensor, offset: number, length: number): Promise<string[]> {
  const data = await tensor.load()
  const count = Math.max(0, Math.min(length, data.length - offset))
  if (tensor.dtype === 'string') return Array.from({ length: count }, (_, i) => String(data[offset + i]))
  const at = numberReader(tensor, data)
  const isExact = data instanceof BigInt64Array || data instanceof BigUint64Array
  return Array.from({ length: count }, (_, i) => {
    if (isExact) return String(data[offset + i])
    const x = at(offset + i)
    return data instanceof Float32Array || data instanceof Uint16Array ? shortest(x) : String(x)
  })
}

const shortest = (x: number) => (Number.isFinite(x) ? formatFloat32(x) : String(x))

function numberReader({ dtype }: Tensor, data: TensorData): (index: number) => number {
  if (dtype === 'float16') return (i) => float16ToNumber(data[i] as number)
  if (dtype === 'bfloat16') {
    const bits = new Uint32Array(1)
    const value = new Float32Array(bits.buffer)
    return (i) => {
      bits[0] = (data[i] as number) << 16
      return value[0] as number
    }
  }
  return (i) => Number(data[i])
}

/** The tensor as a .npy file; bfloat16, which NumPy lacks, as float32. */
export async function weightsFile(tensor: Tensor): Promise<Blob> {
  const data = await tensor.load()
  return new Blob(writeNpy(arrayOf(tensor, data)) as Uint8Array<ArrayBuffer>[], { type: 'application/octet-stream' })
}

function arrayOf(tensor: Tensor, data: TensorData): NdArray {
  const { dtype, shape } = tensor
  if (dtype === 'string') return stringArray(data as readonly string[], shape)
  if (dtype === 'bool') return booleanArray(data as Uint8Array, shape)
  if (dtype === 'float16') return { ...numericArray(float16ToFloat32(data as Uint16Array), shape), dtype: FLOAT16 }
  if (dtype === 'bfloat16') {
    const at = numberReader(tensor, data)
    return numericArray(
      Float32Array.from({ length: data.length }, (_, i) => at(i)),
      shape,
    )
  }
  if (Array.isArray(data)) throw new PortolanError('internal', `a tensor of ${dtype} holds text`)
  return numericArray(data as NumericData, shape)
}

const FLOAT16 = { kind: 'f', itemSize: 2, littleEndian: true } as const
