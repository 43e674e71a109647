import { describe, expect, it } from 'vitest'
import { arrange } from '../layout/arrange.ts'
import { outline } from './outline.ts'
import { buildScene, nodeAt, type Scene, sizedNodes } from './scene.ts'
import { searchNodes } from './search.ts'
import { pipelineView, viewOf } from './testing/views.ts'
import { visibleGraph } from './visible-graph.ts'
import { step } from './walk.ts'

const measure = (text: string) => text.length * 7

function sceneOf(closed: readonly string[] = []): Scene {
  const graph = visibleGraph(pipelineView, new Set(closed))
  const { input, texts } = sizedNodes(graph, measure)
  return buildScene(graph, texts, arrange(input))
}

const at = (scene: Scene, id: string) => scene.graph.nodes.findIndex((node) => node.id === id)

describe('a scene', () => {
  it('finds the innermost node at a point', () => {
    const scene = sceneOf()
    const tree = at(scene, 'tree-1')
    const { x, y } = scene.layout
    expect(nodeAt(scene, x[tree]! + 5, y[tree]! + 5)).toBe(tree)
    const forest = at(scene, 'forest')
    expect(nodeAt(scene, x[forest]! + 3, y[forest]! + 3)).toBe(forest)
    expect(nodeAt(scene, -50, -50)).toBe(-1)
  })

  it('cuts what does not fit on a node', () => {
    const view = viewOf([{ id: 'a', op: `sklearn.${'Long'.repeat(20)}`, inputs: ['X'], outputs: ['y'] }])
    const { input, texts } = sizedNodes(visibleGraph(view, new Set()), measure)
    expect(texts[1]!.title).toMatch(/^(Long)+.*…$/)
    expect(measure(texts[1]!.title)).toBeLessThanOrEqual(input.widths[1]!)
  })

  it('knows what flows along its lines', () => {
    const scene = sceneOf()
    const line = scene.layout.routes.sources.indexOf(at(scene, 'input:X'))
    expect(scene.lineTypes[line]).toBe('float64[N, 4]')
  })
})

describe('arrow keys', () => {
  it('walk along the lines and sideways', () => {
    const scene = sceneOf()
    const scaler = at(scene, 'scaler')
    expect(step(scene, at(scene, 'input:X'), 'down')).toBe(scaler)
    expect(step(scene, scaler, 'up')).toBe(at(scene, 'input:X'))
    expect(step(scene, at(scene, 'tree-1'), 'right')).toBe(at(scene, 'tree-2'))
    expect(step(scene, at(scene, 'tree-2'), 'left')).toBe(at(scene, 'tree-1'))
    expect(step(scene, at(scene, 'tree-1'), 'left')).toBeUndefined()
    expect(step(scene, -1, 'down')).toBe(scaler)
  })
})

describe('the outline', () => {
  it('names a container before what it holds', () => {
    expect(outline(pipelineView, new Set()).map(({ node, level }) => `${level} ${node.id}`)).toEqual([
      '1 pipe',
      '2 scaler',
      '2 forest',
      '3 tree-1',
      '3 tree-2',
    ])
    expect(outline(pipelineView, new Set(['forest'])).map(({ node }) => node.id)).toEqual(['pipe', 'scaler', 'forest'])
  })
})

describe('search', () => {
  it('finds every word, in names, operators, values and attributes', () => {
    expect(searchNodes(pipelineView, 'decision TREE')).toEqual(['tree-1', 'tree-2'])
    expect(searchNodes(pipelineView, 'tree-2')).toEqual(['tree-2'])
    expect(searchNodes(pipelineView, 'scaled')).toEqual(['scaler', 'tree-1', 'tree-2'])
    expect(searchNodes(pipelineView, 'tree gbm')).toEqual([])
    expect(searchNodes(pipelineView, '  ')).toEqual([])
  })
})
