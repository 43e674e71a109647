import { type Graph, isGraph } from '../../../core/ir/graph.ts'
import { dialectName, operatorName } from '../ops/operator-name.ts'

/** The graph with operators named as the onnx dialect names them (`onnx.Conv`), bodies included. */
export function inOnnxDialect(graph: Graph): Graph {
  return {
    ...graph,
    dialect: 'onnx',
    nodes: graph.nodes.map((node) => ({
      ...node,
      op: dialectName(operatorName(node.op)),
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([name, value]) => [name, isGraph(value) ? inOnnxDialect(value) : value]),
      ),
    })),
  }
}
