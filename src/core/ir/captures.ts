import { type Graph, type Node, subgraphs } from './graph.ts'

/** The values of the surrounding graphs that a body reads, itself or in bodies inside it. */
export function capturedValues(body: Graph): Set<string> {
  const own = new Set([...body.inputs, ...body.constants.keys(), ...body.nodes.flatMap((n) => n.outputs)])
  const captured = new Set<string>()
  const read = (value: string) => {
    if (value && !own.has(value)) captured.add(value)
  }
  for (const node of body.nodes) for (const value of readBy(node)) read(value)
  for (const value of body.outputs) read(value)
  return captured
}

/** All values that a node reads: its inputs, and what its bodies read of the graphs around them. */
export function readBy(node: Node): Set<string> {
  const values = new Set(node.inputs.filter((value) => value !== ''))
  for (const body of subgraphs(node)) for (const value of capturedValues(body)) values.add(value)
  return values
}
