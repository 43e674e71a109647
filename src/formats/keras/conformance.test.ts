import { afterAll, describe, expect, it } from 'vitest'
import { PortolanError } from '../../core/errors.ts'
import type { Graph, Node } from '../../core/ir/graph.ts'
import { subgraphs } from '../../core/ir/graph.ts'
import { verifyGraph } from '../../core/ir/verify.ts'
import { hubOps } from '../../core/ops/hub-ops.ts'
import { LOWERINGS } from './lowerings/registry.ts'
import { evaluateCase, fixtureArrays, fixtureCases, readFixture, worstDifference } from './testing/fixture-cases.ts'

/** Largest difference to Keras' own float32 result, relative to the output's scale. */
const TOLERANCE = 1e-5

const cases = fixtureCases()
const opened = cases.filter(({ expected }) => expected !== undefined)
const lowerable = opened.filter(({ blocked }) => blocked?.['onnx'] === undefined)

/** Hub operators in nodes and in their bodies. */
function operatorsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => [node.op, ...subgraphs(node).flatMap((body) => operatorsOf(body.nodes))])
}

/** Hub operators that each source operator has become. */
function producedBy(source: Graph, hub: Graph): Map<string, Set<string>> {
  const operators = new Map(source.nodes.map((node) => [node.id, node.op]))
  const outputs = new Set(hub.outputs)
  const found = new Map<string, Set<string>>()
  for (const node of hub.nodes) {
    // The copies that give outputs their names belong to no layer.
    if (node.op === 'Identity' && node.outputs.some((value) => outputs.has(value))) continue
    for (const id of node.origin) {
      const operator = operators.get(id) ?? `unknown node ${id}`
      const ops = found.get(operator) ?? new Set()
      for (const op of operatorsOf([node])) ops.add(op)
      found.set(operator, ops)
    }
  }
  return found
}

describe('Keras models', () => {
  const undeclared = new Map<string, Set<string>>()

  it.each(lowerable)('$id computes what Keras does', async (entry) => {
    const source = await readFixture(entry.model)
    const { model, diagnostics } = await source.lower()
    expect(diagnostics.filter(({ severity }) => severity === 'blocked')).toEqual([])
    if (!model) throw new Error('there is no model')
    expect(verifyGraph(model.graph, hubOps)).toEqual([])
    const expected = await fixtureArrays(entry.expected as string)
    expect([...expected.keys()].sort()).toEqual(source.outputs.map(({ name }) => name).sort())
    const difference = worstDifference(await evaluateCase(model, entry), expected)
    expect(difference).toBeLessThanOrEqual(Math.max(entry.rtol ?? 0, TOLERANCE))
    for (const [operator, ops] of producedBy(source.graph, model.graph)) {
      const declared = new Set(LOWERINGS.get(operator)?.produces)
      const extra = [...ops].filter((op) => !declared.has(op))
      if (extra.length > 0) undeclared.set(operator, new Set([...(undeclared.get(operator) ?? []), ...extra]))
    }
    await source.close?.()
  })

  afterAll(() => {
    expect(Object.fromEntries([...undeclared].map(([operator, ops]) => [operator, [...ops]]))).toEqual({})
  })

  it.each(opened.filter((entry) => !lowerable.includes(entry)))('$id is shown and blocked', async (entry) => {
    const source = await readFixture(entry.model)
    expect(source.graph.nodes.length).toBeGreaterThan(0)
    const { model, diagnostics } = await source.lower()
    expect(model).toBeUndefined()
    const blocked = diagnostics.filter(({ severity }) => severity === 'blocked')
    expect(blocked).toHaveLength(1)
    expect(blocked[0]?.message).toMatch(/bytecode|code .*is not in the file|not one of Keras' own/)
    expect(source.graph.nodes.map(({ id }) => id)).toContain(blocked[0]?.origin[0])
    await source.close?.()
  })

  it.each(cases.filter((entry) => entry.expected === undefined))('$id is refused', async (entry) => {
    await expect(readFixture(entry.model)).rejects.toThrow(PortolanError)
  })
})
