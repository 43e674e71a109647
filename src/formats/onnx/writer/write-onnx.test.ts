import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../../core/bytes/byte-source.ts'
import { joinParts } from '../../../core/bytes/parts.ts'
import { GraphBuilder } from '../../../core/ir/builder.ts'
import type { Feature, Model } from '../../../core/ir/model.ts'
import { hubOps } from '../../../core/ops/hub-ops.ts'
import { SPLIT } from '../../../core/ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import type { WriteOptions } from '../../../core/writer.ts'
import { decodeModelProto } from '../proto/onnx-codec.ts'
import type { ModelProto, ValueInfoProto } from '../proto/onnx-types.ts'
import { onnxReader } from '../reader/read-onnx.ts'
import { onnxWriter } from './write-onnx.ts'

const feature = (name: string): Feature => ({ name, kind: 'continuous', dataType: 'double' })

/** A binary logistic regression over two columns in one matrix. */
function logisticRegression(): Model {
  const hub = new GraphBuilder('logreg', hubOps)
  const x = hub.input('X', { dtype: 'float64', shape: ['N', 2] })
  const score = hub.at('step', () =>
    hub.ml('ml.linear', [x], { coefficients: Float64Array.of(0.1, -0.2), intercepts: Float64Array.of(0.3) }),
  )
  const probabilities = hub.ml('ml.link', [score], { function: 'logit', complement: true })
  const label = hub.ml('ml.label', [probabilities], { labels: ['no', 'yes'], rule: 'argmax' })
  return {
    graph: hub.build([label, probabilities]),
    inputs: [{ value: x, features: [feature('a'), feature('b')] }],
    outputs: [
      { value: label, role: 'label', columns: ['y'], classes: ['no', 'yes'] },
      {
        value: probabilities,
        role: 'probability',
        columns: ['probability(no)', 'probability(yes)'],
        classes: ['no', 'yes'],
      },
    ],
    metadata: { author: 'somebody', description: 'what it does' },
  }
}

/** A tree over one column; `rounded` casts the column to float32 before. */
function tree(rounded: boolean): Model {
  const hub = new GraphBuilder('tree', hubOps)
  const x = hub.input('a', { dtype: 'float64', shape: ['N', 1] })
  const builder = new TreeEnsembleBuilder(1)
  builder.tree('root', (id) =>
    id === 'root'
      ? { mode: SPLIT.lessOrEqual, column: 0, threshold: 0.1, whenTrue: 'left', whenFalse: 'right', missingTrue: false }
      : { values: id === 'left' ? 1 : 2 },
  )
  const ensemble = builder.build({ aggregate: 'sum' })
  const y = hub.ml('ml.treeEnsemble', [rounded ? hub.op('Cast', [x], { to: 'float32' }) : x], { ensemble })
  return {
    graph: hub.build([y]),
    inputs: [{ value: x, features: [feature('a')] }],
    outputs: [{ value: y, role: 'value', columns: ['y'] }],
    metadata: {},
  }
}

/** A layer normalisation and a Gelu over a float32 tensor. */
function network(): Model {
  const hub = new GraphBuilder('network', hubOps)
  const x = hub.input('x', { dtype: 'float32', shape: ['N', 3] })
  const normal = hub.op('LayerNormalization', [x, hub.float32([1, 1, 1]), hub.float32([0, 0, 0])])
  const y = hub.op('Gelu', [normal], {}, { names: ['y'] })
  return { graph: hub.build([y]), inputs: [{ value: x }], outputs: [{ value: y, role: 'other' }], metadata: {} }
}

async function write(model: Model, options: WriteOptions = {}) {
  const written = await onnxWriter.write(model, options)
  const bytes = await joinParts(written.parts ?? [])
  return { ...written, bytes, proto: decodeModelProto(bytes) }
}

function describeValues(values: readonly ValueInfoProto[] | undefined): string[] {
  return (values ?? []).map(({ name, type }) => {
    if (type?.kind !== 'tensor') return `${name}: ${type?.kind}`
    return `${name}: ${type.elemType} [${type.shape?.dim.map((d) => d.value ?? '?').join(', ')}]`
  })
}

const inputs = (proto: ModelProto) => describeValues(proto.graph?.input)
const outputs = (proto: ModelProto) => describeValues(proto.graph?.output)
const [FLOAT, STRING, DOUBLE] = [1, 8, 11]

describe('the boundary', () => {
  it('is float32 unless double is asked for, with the usual names', async () => {
    const { proto } = await write(logisticRegression())
    expect(inputs(proto)).toEqual([`X: ${FLOAT} [N, 2]`])
    expect(outputs(proto)).toEqual([`label: ${STRING} [N]`, `probabilities: ${FLOAT} [N, 2]`])
    const double = await write(logisticRegression(), { precision: 'double' })
    expect(inputs(double.proto)).toEqual([`X: ${DOUBLE} [N, 2]`])
    expect(outputs(double.proto)[1]).toBe(`probabilities: ${DOUBLE} [N, 2]`)
  })

  it('keeps an input double that a tree compares without rounding, and says so', async () => {
    const exact = await write(tree(false))
    expect(inputs(exact.proto)).toEqual([`a: ${DOUBLE} [N, 1]`])
    expect(exact.diagnostics).toMatchObject([{ severity: 'info', code: 'double-inputs' }])
    const rounded = await write(tree(true))
    expect(inputs(rounded.proto)).toEqual([`a: ${FLOAT} [N, 1]`])
    expect(rounded.diagnostics).toEqual([])
  })

  it('takes columns, another name and a fixed batch', async () => {
    const { proto } = await write(logisticRegression(), {
      inputs: 'columns',
      rename: { b: 'bee', label: 'answer' },
      batch: 4,
    })
    expect(inputs(proto)).toEqual([`a: ${FLOAT} [4, 1]`, `bee: ${FLOAT} [4, 1]`])
    expect(outputs(proto)).toEqual([`answer: ${STRING} [4]`, `probabilities: ${FLOAT} [4, 2]`])
  })

  it('writes probabilities as maps when asked to', async () => {
    const { proto } = await write(logisticRegression(), { probabilities: 'zipmap' })
    expect(outputs(proto)[1]).toBe('probabilities: sequence')
  })
})

describe('the file', () => {
  it('says who made it, of what, and from which source nodes', async () => {
    const { proto } = await write(logisticRegression())
    expect(proto).toMatchObject({ producerName: 'portolan', irVersion: 10, docString: 'what it does' })
    expect(proto.opsetImport).toContainEqual({ domain: '', version: 21 })
    expect(proto.metadataProps).toContainEqual({ key: 'author', value: 'somebody' })
    expect(proto.graph?.node.flatMap((node) => node.metadataProps)).toContainEqual({
      key: 'portolan.origin',
      value: '["step"]',
    })
  })

  it('is read back with the same table', async () => {
    const model = logisticRegression()
    const { bytes } = await write(model)
    const back = (await (await onnxReader.read(bufferSource(bytes), { name: 'model.onnx' })).lower()).model
    expect(back?.inputs).toEqual(model.inputs)
    expect(back?.outputs.map(({ value: _, ...rest }) => rest)).toEqual(
      model.outputs.map(({ value: _, ...rest }) => rest),
    )
  })
})

describe('older opsets', () => {
  const operators = ({ proto }: { proto: ModelProto }) => (proto.graph?.node ?? []).map((node) => node.opType)

  it('are reached by decomposition', async () => {
    expect(operators(await write(network()))).toEqual(['LayerNormalization', 'Gelu'])
    const old = await write(network(), { opset: 13 })
    expect(operators(old)).toContain('Erf')
    expect(operators(old)).not.toContain('LayerNormalization')
  })

  it('block what they cannot say, with the opset that can', async () => {
    const hub = new GraphBuilder('triangle', hubOps)
    const x = hub.input('x', { dtype: 'float32', shape: [3, 3] })
    const y = hub.op('Trilu', [x], {}, { names: ['y'] })
    const model: Model = {
      graph: hub.build([y]),
      inputs: [{ value: x }],
      outputs: [{ value: y, role: 'other' }],
      metadata: {},
    }
    const { parts, diagnostics } = await onnxWriter.write(model, { opset: 13 })
    expect(parts).toBeUndefined()
    expect(diagnostics).toMatchObject([
      { severity: 'blocked', code: 'opset-too-old', hint: 'Choose opset 14 or newer.' },
    ])
  })

  it('end somewhere', async () => {
    await expect(onnxWriter.write(network(), { opset: 7 })).rejects.toMatchObject({ code: 'usage' })
  })
})
