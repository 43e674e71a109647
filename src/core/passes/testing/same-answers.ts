import { evaluate } from '../../evaluate/evaluate.ts'
import type { Graph } from '../../ir/graph.ts'
import { elementCount } from '../../ir/tensor.ts'
import { verifyGraph } from '../../ir/verify.ts'
import { hubOps } from '../../ops/hub-ops.ts'
import type { EvalTensor } from '../../ops/spec.ts'
import { type Pass, runPasses } from '../pass.ts'

/** The batch size that stands for a symbol in the inputs made here. */
const BATCH = 2

/** Deterministic inputs of a graph, a different number in every place. */
export function someInputs(graph: Graph): Record<string, EvalTensor> {
  return Object.fromEntries(
    graph.inputs.map((name, k) => {
      const shape = (graph.types.get(name)?.shape ?? []).map((d) => (typeof d === 'number' ? d : BATCH))
      const data = Float64Array.from({ length: elementCount(shape) }, (_, i) => Math.fround(Math.sin(i * 1.7 + k)))
      return [name, { dtype: graph.types.get(name)?.dtype ?? 'float32', shape, data }]
    }),
  )
}

/** Operators and how often they occur. */
export function operatorCounts(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { op } of graph.nodes) counts[op] = (counts[op] ?? 0) + 1
  return counts
}

/** Absolute difference that folding in another order may make. */
const TOLERANCE = 1e-5

/**
 * Runs the passes, with the verifier after each.
 *
 * @throws Error when the verifier finds something, the signature has changed, or the answers to some inputs have.
 */
export async function rewritten(graph: Graph, ...passes: Pass[]): Promise<Graph> {
  mustBeSound(graph, 'the graph before all passes')
  const result = await runPasses(graph, passes, { after: (after, pass) => mustBeSound(after, pass.name) })
  if (`${result.inputs} → ${result.outputs}` !== `${graph.inputs} → ${graph.outputs}`) {
    throw new Error(`the signature is now ${result.inputs} → ${result.outputs}`)
  }
  const inputs = someInputs(graph)
  const [before, after] = [await evaluate(graph, inputs), await evaluate(result, inputs)]
  for (const name of graph.outputs) mustEqual(name, after[name] as EvalTensor, before[name] as EvalTensor)
  return result
}

function mustBeSound(graph: Graph, where: string): void {
  const problems = verifyGraph(graph, hubOps)
  if (problems.length > 0)
    throw new Error(`${where}: ${problems.map((p) => `${p.invariant}: ${p.message}`).join('; ')}`)
}

function mustEqual(name: string, got: EvalTensor, want: EvalTensor): void {
  const describe = (t: EvalTensor) => `${t.dtype}[${t.shape}]`
  if (describe(got) !== describe(want)) throw new Error(`${name} was ${describe(want)} and is ${describe(got)}`)
  for (const [i, x] of Array.from(want.data as Float64Array).entries()) {
    const y = got.data[i] as number
    if (!(Math.abs(y - x) <= TOLERANCE)) throw new Error(`${name}[${i}] was ${x} and is ${y}`)
  }
}
