import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../../core/bytes/byte-source.ts'
import { joinParts } from '../../../core/bytes/parts.ts'
import { float32 } from '../../../core/ir/tensor.ts'
import { encodeModelProto } from '../proto/onnx-codec.ts'
import type { AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../proto/onnx-types.ts'
import { tensorProto } from '../writer/tensor-proto.ts'
import { onnxReader } from './read-onnx.ts'

const common = { docString: '', metadataProps: [] }

function node(
  opType: string,
  input: string[],
  output: string[],
  attribute: AttributeProto[] = [],
  domain = '',
): NodeProto {
  return { input, output, name: `${opType}-node`, opType, domain, overload: '', attribute, ...common }
}

const ints = (name: string, ...values: number[]): AttributeProto => ({
  name,
  docString: '',
  type: 'INTS',
  ints: BigInt64Array.from(values, BigInt),
})

function value(name: string, ...dims: (number | string)[]): ValueInfoProto {
  const shape = { dim: dims.map((size) => ({ value: size, denotation: '' })) }
  return { name, type: { kind: 'tensor', denotation: '', elemType: 1, shape }, ...common }
}

interface Parts {
  readonly opset?: number
  readonly nodes: readonly NodeProto[]
  readonly initializer?: readonly TensorProto[]
  readonly functions?: ModelProto['functions']
}

async function read({ opset = 21, nodes, initializer = [], functions = [] }: Parts) {
  const proto: ModelProto = {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'mine', version: 1 },
    ],
    producerName: 'test',
    producerVersion: '1',
    domain: '',
    modelVersion: 0n,
    docString: '',
    graph: {
      name: 'graph',
      node: nodes,
      initializer,
      sparseInitializer: [],
      input: [value('x', 'N', 4)],
      output: [value('y', 'N', 4)],
      valueInfo: [],
      quantizationAnnotation: [],
      ...common,
    },
    metadataProps: [],
    functions,
  }
  return onnxReader.read(bufferSource(await joinParts(encodeModelProto(proto))), { name: 'model.onnx' })
}

describe('reading', () => {
  it('shows operators that nobody knows, and reports all of them when lowering', async () => {
    const source = await read({
      nodes: [
        node('Warp', ['x'], ['a'], [], 'mine'),
        node('Relu', ['a'], ['b']),
        node('Weft', ['x'], ['y'], [], 'mine'),
      ],
    })
    expect(source.graph.nodes.map((n) => n.op)).toEqual(['onnx.mine.Warp', 'onnx.Relu', 'onnx.mine.Weft'])
    const { model, diagnostics } = await source.lower()
    expect(model).toBeUndefined()
    expect(diagnostics.map((d) => [d.severity, d.operator, d.origin])).toEqual([
      ['blocked', 'onnx.mine.Warp', ['Warp-node']],
      ['blocked', 'onnx.mine.Weft', ['Weft-node']],
    ])
  })

  it('counts parameters and gives the signature', async () => {
    const source = await read({
      nodes: [node('Add', ['x', 'w'], ['y'])],
      initializer: [await tensorProto('w', float32([1, 2, 3, 4]))],
    })
    expect(source.parameterCount).toBe(4)
    expect(source.inputs).toEqual([{ name: 'x', type: { dtype: 'float32', shape: ['N', 4] } }])
  })

  it('shows a model whose external weights are not there, and says which file to open', async () => {
    const weights: TensorProto = {
      ...(await tensorProto('w', float32([1, 2, 3, 4]))),
      rawData: undefined,
      dataLocation: 1,
      externalData: [{ key: 'location', value: 'weights.bin' }],
    }
    const source = await read({ nodes: [node('Add', ['x', 'w'], ['y'])], initializer: [weights] })
    expect(source.graph.constants.get('w')?.shape).toEqual([4])
    const { model, diagnostics } = await source.lower()
    expect(model).toBeUndefined()
    expect(diagnostics).toMatchObject([{ severity: 'blocked', hint: 'Open "weights.bin" together with the model.' }])
  })
})

describe('lowering', () => {
  it('puts older opsets in the form of the hub', async () => {
    const source = await read({ opset: 9, nodes: [node('ReduceSum', ['x'], ['y'], [ints('axes', 1)])] })
    const { model } = await source.lower()
    const [reduce] = model?.graph.nodes ?? []
    expect(reduce?.op).toBe('ReduceSum')
    expect(model?.graph.constants.get(reduce?.inputs[1] ?? '')?.data).toEqual(BigInt64Array.of(1n))
  })

  it('flattens before a softmax of an opset before 13', async () => {
    const source = await read({
      opset: 12,
      nodes: [node('Softmax', ['x'], ['y'], [{ name: 'axis', docString: '', type: 'INT', i: 0n }])],
    })
    const { model } = await source.lower()
    expect(model?.graph.nodes.map((n) => n.op)).toEqual(['Flatten', 'Softmax', 'Shape', 'Reshape'])
  })

  it('puts the bodies of functions in place of their calls, attributes included', async () => {
    const leak: AttributeProto = { name: 'alpha', docString: '', type: 'REF', refAttrName: 'slope', of: 'FLOAT' }
    const source = await read({
      nodes: [node('Twice', ['x'], ['y'], [{ name: 'slope', docString: '', type: 'FLOAT', f: 0.5 }], 'mine')],
      functions: [
        {
          name: 'Twice',
          domain: 'mine',
          overload: '',
          input: ['in'],
          output: ['out'],
          attribute: ['slope'],
          attributeProto: [],
          node: [node('LeakyRelu', ['in'], ['mid'], [leak]), node('Add', ['mid', 'mid'], ['out'])],
          opsetImport: [{ domain: '', version: 21 }],
          valueInfo: [],
          ...common,
        },
      ],
    })
    const { model } = await source.lower()
    expect(model?.graph.nodes.map((n) => [n.op, n.origin])).toEqual([
      ['LeakyRelu', ['Twice-node']],
      ['Add', ['Twice-node']],
    ])
    expect(model?.graph.nodes[0]?.attributes).toEqual({ alpha: 0.5 })
    expect(model?.graph.outputs).toEqual(['y'])
  })
})

describe('the table of lowerings', () => {
  it('names every operator once, in the dialect', () => {
    const names = onnxReader.lowerings.map((facts) => facts.operator)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('onnx.Conv')
    expect(names).toContain('onnx.ai.onnx.ml.TreeEnsembleClassifier')
  })
})
