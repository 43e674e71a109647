import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../../core/bytes/byte-source.ts'
import { PortolanError } from '../../../core/errors.ts'
import { formatType } from '../../../core/ir/types.ts'
import { countFailures, damagedCopies } from '../../../encodings/testing/damage.ts'
import { fixtureBytes, readFixture } from '../testing/fixture-cases.ts'
import { kerasReader } from './read-keras.ts'

describe('kerasReader', () => {
  it('tells what an archive is', async () => {
    const source = await readFixture('keras-3.15/lenet.keras')
    expect(source.formatName).toBe('Keras archive (.keras)')
    expect(source.versions).toEqual([{ name: 'keras', value: '3.15.1' }])
    expect(source.facts).toContainEqual({ name: 'optimizer', value: 'SGD' })
    expect(source.facts).toContainEqual({ name: 'loss', value: 'sparse_categorical_crossentropy' })
    expect(source.facts).toContainEqual({ name: 'saved', value: '2025-01-01 00:00:00' })
    expect(source.inputs.map(({ name, type }) => [name, formatType(type)])).toEqual([
      ['image', 'float32[N, 14, 14, 1]'],
    ])
    expect(source.outputs.map(({ name, type }) => [name, formatType(type)])).toEqual([['digit', 'float32[N, 10]']])
    expect(source.diagnostics.map(({ code }) => code)).toEqual(['optimizer-state'])
    const convolution = source.graph.nodes.find(({ op }) => op === 'keras.Conv2D')
    expect(convolution?.attributes).toMatchObject({ filters: 4, kernel: { shape: [5, 5, 1, 4] }, bias: { shape: [4] } })
    // (25 + 1) · 4 + (9 · 4 + 1) · 6 + (24 + 1) · 12 + (12 + 1) · 10
    expect(source.parameterCount).toBe(756)
    await source.close?.()
  })

  it('puts the calls of a nested model inside its node, once for each call', async () => {
    for (const name of ['keras-3.15/shared-model.keras', 'keras-2.15/shared-model.h5']) {
      const source = await readFixture(name)
      const nodes = source.graph.nodes.map(({ id, parent, inputs }) => [id, parent, ...inputs])
      expect(nodes).toEqual([
        ['encoder/dense', 'encoder', 'left'],
        ['encoder/encoder_out', 'encoder', 'encoder/dense'],
        ['encoder', undefined, 'encoder/encoder_out'],
        ['encoder#2/dense', 'encoder#2', 'right'],
        ['encoder#2/encoder_out', 'encoder#2', 'encoder#2/dense'],
        ['encoder#2', undefined, 'encoder#2/encoder_out'],
        ['concatenate', undefined, 'encoder', 'encoder#2'],
        ['y', undefined, 'concatenate'],
      ])
      // Shared weights count once: 4 · 4 + 4, 4 · 3 + 3, 6 + 1.
      expect(source.parameterCount).toBe(42)
      await source.close?.()
    }
  })

  it('uses shared weights once in the hub', async () => {
    const source = await readFixture('keras-3.15/shared-layer.keras')
    const { model } = await source.lower()
    const kernels = [...(model?.graph.constants.keys() ?? [])].filter((name) => name.startsWith('shared/kernel'))
    expect(kernels).toHaveLength(1)
    await source.close?.()
  })

  it('names every layer that blocks, with what to do', async () => {
    const source = await readFixture('keras-3.15/lambda.keras')
    const { diagnostics } = await source.lower()
    expect(diagnostics).toEqual([
      {
        severity: 'blocked',
        code: 'unsupported-operator',
        message: 'twice (Lambda): a Lambda layer holds Python bytecode, which is never run',
        hint: expect.stringMatching(/^Write what it computes as layers/),
        origin: ['twice'],
        operator: 'keras.Lambda',
      },
    ])
    await source.close?.()
  })

  it('keeps a weight that is used as it is a slice of the file', async () => {
    const source = await readFixture('keras-3.15/embedding.h5')
    const { model } = await source.lower()
    const tensor = [...(model?.graph.constants ?? [])].find(([name]) => name.includes('embeddings'))?.[1]
    // 84 bytes are not worth a slice; they are read as they are.
    expect(tensor?.bytes).toBeUndefined()
    expect(await tensor?.load()).toHaveLength(21)
    await source.close?.()
  })

  it('survives damage with a Portolan error or none', async () => {
    for (const name of ['keras-3.15/mlp-softmax.keras', 'keras-3.15/gru.keras', 'keras-2.15/shared-model.h5']) {
      const read = async (bytes: Uint8Array) => {
        const source = await kerasReader.read(bufferSource(bytes), { name })
        try {
          const { model } = await source.lower()
          for (const tensor of model?.graph.constants.values() ?? []) await tensor.load()
        } finally {
          await source.close?.()
        }
      }
      expect(await countFailures(damagedCopies(fixtureBytes(name), 150), read)).toBeGreaterThan(20)
    }
  })

  it('refuses a file without a model', async () => {
    await expect(readFixture('keras-3.15/mlp-softmax.weights.h5')).rejects.toThrow(PortolanError)
    await expect(kerasReader.read(bufferSource(new Uint8Array(10)), { name: 'x.h5' })).rejects.toThrow(PortolanError)
  })
})
