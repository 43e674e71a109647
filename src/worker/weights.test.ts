import { describe, expect, it } from 'vitest'
import { float32, int64, strings, tensorOf } from '../core/ir/tensor.ts'
import { readNpy } from '../encodings/npy/npy.ts'
import { weightsFile, weightsPage, weightsView } from './weights.ts'

describe('what the inspector says of a tensor', () => {
  it('statistics and histogram of the finite elements', async () => {
    const view = await weightsView(float32([0, 1, 2, 3, Number.NaN, Infinity], [2, 3]))
    expect(view).toMatchObject({ dtype: 'float32', shape: [2, 3], elements: 6 })
    expect(view.statistics).toMatchObject({ min: 0, max: 3, mean: 1.5, zeros: 1, nonFinite: 2 })
    expect(view.statistics?.deviation).toBeCloseTo(Math.sqrt(1.25), 12)
    const { histogram = [] } = view.statistics ?? {}
    expect([histogram[0], histogram.at(-1), histogram.reduce((a, b) => a + b)]).toEqual([1, 1, 4])
  })

  it('half floats are read as the numbers that they stand for', async () => {
    const half = tensorOf('float16', [2], Uint16Array.of(0x3c00, 0xc000))
    expect((await weightsView(half)).statistics).toMatchObject({ min: -2, max: 1 })
    const brain = tensorOf('bfloat16', [2], Uint16Array.of(0x3f80, 0xc000))
    expect((await weightsView(brain)).statistics).toMatchObject({ min: -2, max: 1 })
  })

  it('constants and strings have no spread', async () => {
    expect((await weightsView(float32([2, 2]))).statistics?.histogram).toEqual([2])
    expect((await weightsView(strings(['a']))).statistics).toBeNull()
    expect((await weightsView(float32([]))).statistics).toBeNull()
  })

  it('values page by page, whole numbers to the last digit', async () => {
    expect(await weightsPage(float32([0.1, 0.2, 0.3]), 1, 5)).toEqual(['0.2', '0.3'])
    const big = tensorOf('int64', [1], BigInt64Array.of(9007199254740993n))
    expect(await weightsPage(big, 0, 1)).toEqual(['9007199254740993'])
  })

  it.each([
    ['float32', float32([1, 2, 3, 4], [2, 2]), [1, 2, 3, 4]],
    ['int64', int64([5, 6]), [5n, 6n]],
    ['float16', tensorOf('float16', [1], Uint16Array.of(0x3c00)), [1]],
    ['bfloat16', tensorOf('bfloat16', [1], Uint16Array.of(0x3f80)), [1]],
    ['bool', tensorOf('bool', [2], Uint8Array.of(1, 0)), [1, 0]],
    ['string', strings(['ä', 'bc']), ['ä', 'bc']],
  ] as const)('as a .npy file: %s', async (_, tensor, expected) => {
    const file = await weightsFile(tensor)
    const array = readNpy(new Uint8Array(await file.arrayBuffer()))
    expect(array.shape).toEqual(tensor.shape)
    expect(array.type === 'struct' ? [] : Array.from(array.data as ArrayLike<unknown>)).toEqual(expected)
  })
})
