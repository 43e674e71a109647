import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../../core/bytes/byte-source.ts'
import { joinParts } from '../../../core/bytes/parts.ts'
import { GraphBuilder } from '../../../core/ir/builder.ts'
import type { Model } from '../../../core/ir/model.ts'
import { lazyTensor, tensorInFile, tensorOf } from '../../../core/ir/tensor.ts'
import { hubOps } from '../../../core/ops/hub-ops.ts'
import { SPLIT } from '../../../core/ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import { writeZip } from '../../../encodings/zip/write-zip.ts'
import { detect } from '../../detect.ts'
import { onnx } from '../format.ts'
import { decodeModelProto } from '../proto/onnx-codec.ts'
import { onnxReader } from '../reader/read-onnx.ts'
import { onnxWriter, onnxWriterWithin } from './write-onnx.ts'

const SIZE = 256
/** As if a protobuf message ended there. */
const LIMIT = 16_384

const numbered = Float32Array.from({ length: SIZE * SIZE }, (_, i) => i)
const inFile = bufferSource(new Uint8Array(numbered.buffer))

/** y = ((x · A) · B) + c: A a slice of a file, B computed when it is asked for, c small. */
function network(): Model {
  const hub = new GraphBuilder('network', hubOps)
  const x = hub.input('x', { dtype: 'float32', shape: ['N', SIZE] })
  const a = hub.constant(tensorInFile('float32', [SIZE, SIZE], inFile), 'A')
  const b = hub.constant(
    lazyTensor('float32', [SIZE, SIZE], async () => numbered.map((v) => -v)),
    'B',
  )
  const c = hub.constant(tensorOf('float32', [SIZE], numbered.slice(0, SIZE)), 'c')
  const product = hub.op('MatMul', [hub.op('MatMul', [x, a]), b])
  const y = hub.op('Add', [product, c], {}, { names: ['y'] })
  return { graph: hub.build([y]), inputs: [{ value: x }], outputs: [{ value: y, role: 'other' }], metadata: {} }
}

describe('external data', () => {
  it('takes the weights of what would not fit into a message, at aligned offsets, slices untouched', async () => {
    const {
      parts,
      companions = [],
      diagnostics,
    } = await onnxWriterWithin(LIMIT).write(network(), { fileName: 'n.onnx' })
    const [companion] = companions
    expect(companion?.name).toBe('n.onnx.data')
    expect(companion?.parts).toContain(inFile)
    expect(diagnostics).toMatchObject([{ severity: 'info', code: 'external-data' }])
    const { graph } = decodeModelProto(await joinParts(parts ?? []))
    const places = graph?.initializer.map(({ name, externalData }) => [name, externalData.map(({ value }) => value)])
    const [length, second] = [String(SIZE * SIZE * 4), String(SIZE * SIZE * 4)]
    expect(places).toEqual([
      ['A', ['n.onnx.data', '0', length]],
      ['B', ['n.onnx.data', second, length]],
      ['c', ['n.onnx.data', String(2 * SIZE * SIZE * 4), String(SIZE * 4)]],
    ])
    const data = new Float32Array((await joinParts(companion?.parts ?? [])).buffer)
    expect([data[5], data[SIZE * SIZE + 5], data[2 * SIZE * SIZE + 5]]).toEqual([5, -5, 5])
  })

  it('does so at any size when asked, and says so beforehand', async () => {
    const { companions } = await onnxWriter.write(network(), { externalData: true })
    expect(companions?.map(({ name }) => name)).toEqual(['model.onnx.data'])
    expect(await onnxWriter.check(network(), { externalData: true })).toMatchObject([{ code: 'external-data' }])
    expect(await onnxWriterWithin(LIMIT).check(network())).toMatchObject([{ code: 'external-data' }])
    expect((await onnxWriter.write(network())).companions).toBeUndefined()
  })

  it('is read again where the file is beside the model, and not run where it is not', async () => {
    const { parts = [], companions = [] } = await onnxWriterWithin(LIMIT).write(network(), { fileName: 'n.onnx' })
    const model = bufferSource(await joinParts(parts))
    const data = bufferSource(await joinParts(companions[0]?.parts ?? []))
    const sibling = async (name: string) => (name === 'n.onnx.data' ? data : null)
    const whole = await onnxReader.read(model, { name: 'n.onnx', sibling })
    expect(whole.diagnostics).toEqual([])
    expect(await whole.graph.constants.get('B')?.load()).toEqual(numbered.map((v) => -v))
    expect(whole.runnable?.companions).toEqual([{ name: 'n.onnx.data', parts: [data] }])
    const alone = await onnxReader.read(model, { name: 'n.onnx' })
    expect(alone.runnable).toBeUndefined()
    expect(alone.diagnostics[0]).toMatchObject({
      severity: 'blocked',
      hint: 'Open "n.onnx.data" together with the model.',
    })
  })

  it('is read from a zip of the two files, stored weights as slices of it', async () => {
    const { parts = [], companions = [] } = await onnxWriterWithin(LIMIT).write(network(), { fileName: 'n.onnx' })
    const files = [
      { name: 'net/n.onnx', data: parts },
      ...companions.map((c) => ({ name: `net/${c.name}`, data: c.parts })),
    ]
    const zip = bufferSource(await joinParts(await writeZip(files)))
    const detection = await detect([onnx], zip, 'n.zip')
    expect(detection).toMatchObject({ format: 'onnx', variant: 'ONNX model in a zip' })
    const model = await onnxReader.read(zip, { name: 'n.zip' })
    expect(model.diagnostics).toEqual([])
    expect(await model.graph.constants.get('A')?.load()).toEqual(numbered)
    expect(model.runnable?.companions?.map(({ name }) => name)).toEqual(['n.onnx.data'])
  })

  it('can not help a model whose trees are too large', async () => {
    const builder = new TreeEnsembleBuilder(1)
    for (let t = 0; t < 400; t++)
      builder.tree('root', (id: string) =>
        id === 'root'
          ? { mode: SPLIT.less, column: 0, threshold: t, whenTrue: 'l', whenFalse: 'r', missingTrue: false }
          : { values: id === 'l' ? 1 : 2 },
      )
    const hub = new GraphBuilder('forest', hubOps)
    const x = hub.input('x', { dtype: 'float64', shape: ['N', 1] })
    const y = hub.ml('ml.treeEnsemble', [x], { ensemble: builder.build({ aggregate: 'sum' }) })
    const model: Model = {
      graph: hub.build([y]),
      inputs: [{ value: x }],
      outputs: [{ value: y, role: 'value' }],
      metadata: {},
    }
    const { parts, diagnostics } = await onnxWriterWithin(LIMIT).write(model)
    expect(parts).toBeUndefined()
    expect(diagnostics).toMatchObject([{ severity: 'blocked', code: 'file-too-large' }])
    expect(await onnxWriterWithin(LIMIT).check(model)).toMatchObject([{ severity: 'blocked', code: 'file-too-large' }])
  })
})
