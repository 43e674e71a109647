import { describe, expect, it } from 'vitest'
import { pipelineView, text, viewOf } from '../../diagram/testing/views.ts'
import { accountOf } from './account.ts'
import { provenance } from './provenance.ts'

const target = viewOf(
  [
    { id: 'Cast', op: 'onnx.Cast', inputs: ['X'], outputs: ['a'] },
    { id: 'Sub', op: 'onnx.Sub', inputs: ['a', 'mean'], outputs: ['b'], origin: ['scaler'] },
    { id: 'Div', op: 'onnx.Div', inputs: ['b', 'scale'], outputs: ['c'], origin: ['scaler'] },
    {
      id: 'Trees',
      op: 'onnx.ai.onnx.ml.TreeEnsemble',
      inputs: ['c'],
      outputs: ['y'],
      origin: ['forest'],
      attributes: [
        text('aggregate_function', 'SUM'),
        { name: 'leaf_weights', kind: 'tensor', tensor: { dtype: 'float64', shape: [9], elements: 9 } },
      ],
    },
  ],
  {
    dialect: 'onnx',
    types: { X: 'float32[N, 4]', y: 'int64[N]' },
    constants: {
      mean: { dtype: 'float64', shape: [4], elements: 4 },
      scale: { dtype: 'float64', shape: [4], elements: 4 },
    },
  },
)

describe('provenance', () => {
  const links = provenance(pipelineView, target)

  it('leads from a step to the nodes that it became, in their order', () => {
    expect(links.targetsOf(['scaler'])).toEqual(['Sub', 'Div'])
    expect(links.targetsOf(['forest', 'scaler'])).toEqual(['Sub', 'Div', 'Trees'])
  })

  it('leads from a container to what its content became', () => {
    expect(links.targetsOf(['pipe'])).toEqual(['Sub', 'Div', 'Trees'])
  })

  it('leads from a part to what the whole became', () => {
    expect(links.targetsOf(['tree-1'])).toEqual(['Trees'])
  })

  it('leads back, and nowhere from what was added', () => {
    expect(links.sourcesOf(['Trees', 'Sub'])).toEqual(['scaler', 'forest'])
    expect(links.sourcesOf(['Cast'])).toEqual([])
    expect(links.targetsOf([])).toEqual([])
  })
})

describe('accountOf', () => {
  it('counts nodes, operators and numbers, and names the precisions', () => {
    expect(accountOf(target)).toEqual({
      nodes: 4,
      elements: 17,
      precisions: ['float32', 'float64'],
      operators: [
        ['ai.onnx.ml.TreeEnsemble', 1],
        ['Cast', 1],
        ['Div', 1],
        ['Sub', 1],
      ],
    })
  })
})
