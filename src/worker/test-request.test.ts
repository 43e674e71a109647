import { describe, expect, it } from 'vitest'
import { joinParts } from '../core/bytes/parts.ts'
import { numericArray } from '../encodings/npy/encode-array.ts'
import { writeNpy } from '../encodings/npy/npy.ts'
import type { Engine } from '../runtime/predict.ts'
import { requestValues, type TensorFill } from './test-request.ts'

/** An engine that is only asked for its signature. */
const engine = (name: string, dtype: 'float32' | 'int64' | 'string' = 'float32'): Engine => ({
  inputs: [{ value: name }],
  outputs: [],
  inputValues: [{ name, dtype, shape: ['N', 3] }],
  run: async () => ({}),
  close: async () => {},
})

const filled = async (fill: TensorFill, of = engine('x')) =>
  (await requestValues(of, { kind: 'tensors', fills: [fill] }))[of.inputs[0]?.value ?? '']

describe('the values of a request', () => {
  it('are the same random ones for every engine, and float32 as the model wants them', async () => {
    const fill = { kind: 'random', shape: [2, 3], seed: 7 } as const
    const a = await filled(fill, engine('x'))
    const b = await filled(fill, engine('input_1'))
    expect(a).toEqual(b)
    expect(Array.from(a?.data as Float64Array, Math.fround)).toEqual([...(a?.data ?? [])])
    expect((await filled({ ...fill, seed: 8 }))?.data).not.toEqual(a?.data)
  })

  it('are whole numbers where the model wants such', async () => {
    const values = await filled({ kind: 'random', shape: [50], seed: 1 }, engine('ids', 'int64'))
    expect([...(values?.data ?? [])].every((x) => Number.isInteger(x) && Number(x) >= 0 && Number(x) < 10)).toBe(true)
  })

  it('come from JSON and .npy files', async () => {
    expect(await filled({ kind: 'json', text: '[[1, 2, 3]]' })).toMatchObject({
      shape: [1, 3],
      data: Float64Array.of(1, 2, 3),
    })
    const npy = await joinParts(writeNpy(numericArray(Float32Array.of(4, 5, 6), [1, 3])))
    expect(await filled({ kind: 'npy', file: new Blob([npy]) })).toMatchObject({
      shape: [1, 3],
      data: Float64Array.of(4, 5, 6),
    })
  })

  it('come from the rows of a table, also for a plain matrix', async () => {
    const table = { columns: ['a', 'b', 'c'], rows: [['1', '', '3']] }
    const { x } = await requestValues(engine('x'), { kind: 'table', table })
    expect(x).toMatchObject({ shape: [1, 3], data: Float64Array.of(1, Number.NaN, 3) })
  })

  it.each([
    [{ kind: 'random', shape: [1e6, 1e6], seed: 1 }, /can not have the shape/],
    [{ kind: 'zeros', shape: [1.5] }, /can not have the shape/],
    [{ kind: 'json', text: '[[1], [2, 3]]' }, /ragged/],
  ] as const)('are refused: %j', async (fill, message) => {
    await expect(filled(fill)).rejects.toThrow(message)
  })
})
