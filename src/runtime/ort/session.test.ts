import { describe, expect, it } from 'vitest'
import { joinParts } from '../../core/bytes/parts.ts'
import { GraphBuilder } from '../../core/ir/builder.ts'
import type { Model } from '../../core/ir/model.ts'
import { tensorOf } from '../../core/ir/tensor.ts'
import { hubOps } from '../../core/ops/hub-ops.ts'
import type { WriteOptions } from '../../core/writer.ts'
import { decodeModelProto, encodeModelProto } from '../../formats/onnx/proto/onnx-codec.ts'
import { onnxWriter } from '../../formats/onnx/writer/write-onnx.ts'
import { externalise } from './externalise.ts'
import { createSession } from './session.ts'

const SIZE = 128

/** y = x · W with a weight of 64 KiB, whose last element is 3. */
async function product(options: WriteOptions = {}) {
  const hub = new GraphBuilder('product', hubOps)
  const x = hub.input('x', { dtype: 'float32', shape: ['N', SIZE] })
  const weights = new Float32Array(SIZE * SIZE)
  weights[weights.length - 1] = 3
  const y = hub.op('MatMul', [x, hub.constant(tensorOf('float32', [SIZE, SIZE], weights))], {}, { names: ['y'] })
  const model: Model = {
    graph: hub.build([y]),
    inputs: [{ value: x }],
    outputs: [{ value: y, role: 'other' }],
    metadata: {},
  }
  const { parts = [], companions } = await onnxWriter.write(model, options)
  return { parts, companions }
}

describe('externalise', () => {
  it('takes large weights out of the model', async () => {
    const { parts } = await product()
    const { model, externalData } = await externalise({ parts })
    expect(externalData.map(({ data }) => data.length)).toEqual([SIZE * SIZE * 4])
    expect(model.length).toBeLessThan((await joinParts(parts)).length - SIZE * SIZE * 4 + 256)
  })
})

describe('createSession', () => {
  it.each([{}, { externalData: true }])(
    'computes with external weights and knows the signature %o',
    async (options) => {
      const { parts, companions } = await product(options)
      const session = await createSession(parts, { companions })
      expect(session.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['N', SIZE] }])
      const data = new Float32Array(2 * SIZE)
      data[2 * SIZE - 1] = 5
      const results = await session.run(new Map([['x', { dtype: 'float32', shape: [2, SIZE], data }]]))
      const y = results.get('y')
      expect(y?.shape).toEqual([2, SIZE])
      expect(Array.from((y?.data ?? []) as Float32Array).at(-1)).toBe(15)
      await session.release()
    },
  )

  it('says which file beside the model is missing', async () => {
    const { parts } = await product({ externalData: true })
    await expect(createSession(parts)).rejects.toMatchObject({
      code: 'invalid-input',
      hint: 'Open "model.onnx.data" together with the model.',
    })
  })

  it('names missing and unknown inputs, and elements that do not fit the shape', async () => {
    const session = await createSession((await product()).parts)
    const tensor = { dtype: 'float32', shape: [1, SIZE], data: new Float32Array(3) } as const
    await expect(session.run(new Map([['z', tensor]]))).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'The inputs are not those of the model (missing: x; unknown: z)',
    })
    await expect(session.run(new Map([['x', tensor]]))).rejects.toMatchObject({ code: 'invalid-input' })
    await session.release()
  })

  it('says in the runtime’s words why a model does not load', async () => {
    const { graph, ...model } = decodeModelProto(await joinParts((await product()).parts))
    if (!graph) throw new Error('no graph')
    const node = graph.node.map((each) => ({ ...each, opType: 'Unheard' }))
    await expect(createSession(encodeModelProto({ ...model, graph: { ...graph, node } }))).rejects.toMatchObject({
      code: 'runtime',
    })
  })

  it('can be given up', async () => {
    await expect(createSession((await product()).parts, { signal: AbortSignal.abort() })).rejects.toThrow()
  })
})
