import { describe, expect, it } from 'vitest'
import { GraphBuilder } from './ir/builder.ts'
import { hubOps } from './ops/hub-ops.ts'
import { completeSignature } from './signature.ts'
import type { SourceModel } from './source-model.ts'

function lowered() {
  const builder = new GraphBuilder('model', hubOps)
  const job = builder.input('Job', { dtype: 'string', shape: ['N', 1] })
  const encodings = [{ keys: ['clerk', 'cook'], slots: [0, 1], size: 2, unknownSlot: -1, missingSlot: -1 }]
  const value = builder.ml('ml.oneHot', [job], { encodings })
  return {
    graph: builder.build([value]),
    inputs: [{ value: job, features: [{ name: 'Job', kind: 'categorical', dataType: 'string' }] }],
    outputs: [{ value, role: 'transform', columns: ['transform(0)', 'transform(1)'] }],
    metadata: {},
  } as const
}

const source = (model: ReturnType<typeof lowered> | undefined, dtype: 'float64' | null): SourceModel => ({
  format: 'sklearn',
  formatName: 'pickle',
  versions: [],
  facts: [],
  graph: {
    name: 'model',
    dialect: 'sklearn',
    inputs: [],
    outputs: [],
    nodes: [],
    constants: new Map(),
    types: new Map(),
  },
  inputs: [{ name: 'X', type: { dtype, shape: ['N', 1] } }],
  outputs: [],
  parameterCount: 0,
  diagnostics: [],
  lower: async () => (model ? { model, diagnostics: [] } : { diagnostics: [] }),
})

describe('completeSignature', () => {
  it('is the lowered one, with types and categories, where the file leaves types open', async () => {
    const { inputs, outputs } = await completeSignature(source(lowered(), null))
    expect(inputs).toMatchObject([
      { name: 'Job', type: { dtype: 'string' }, features: [{ kind: 'categorical', values: ['clerk', 'cook'] }] },
    ])
    expect(outputs).toMatchObject([{ name: 'transform', columns: ['transform(0)', 'transform(1)'] }])
  })

  it('is the file’s own where that is complete, without lowering, or where the model can not be lowered', async () => {
    for (const each of [source(lowered(), 'float64'), source(undefined, null)]) {
      expect((await completeSignature(each)).inputs).toMatchObject([{ name: 'X' }])
    }
  })
})
