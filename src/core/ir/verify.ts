import type { OpSpec } from '../ops/spec.ts'
import { schemaProblems } from '../ops/tensor/schema.ts'
import { readBy } from './captures.ts'
import { type Graph, type Node, subgraphs } from './graph.ts'
import { elementCount } from './tensor.ts'
import { formatType, type ValueType } from './types.ts'

/** A broken invariant. */
export interface Problem {
  /** The invariant's name. */
  readonly invariant: string
  readonly message: string
  /** The id of the node it is about. */
  readonly node?: string
}

interface Scope {
  readonly graph: Graph
  readonly ops: ReadonlyMap<string, OpSpec>
  /** Values of the graphs around a body, with their types. */
  readonly outer: ReadonlyMap<string, ValueType>
}

type Finding = Omit<Problem, 'invariant'>

interface Invariant {
  readonly name: string
  find(scope: Scope): Iterable<Finding>
}

/** What holds in every hub graph, as data. */
const INVARIANTS: readonly Invariant[] = [
  {
    name: 'unique-node-ids',
    find: ({ graph }) =>
      repeated(graph.nodes.map((node) => node.id)).map((id) => ({ message: `two nodes have the id ${id}`, node: id })),
  },
  {
    name: 'one-producer',
    find: ({ graph }) => {
      const written = graph.nodes.flatMap((node) => node.outputs.filter((value) => value !== ''))
      return repeated([...graph.inputs, ...graph.constants.keys(), ...written]).map((value) => ({
        message: `the value ${value} is defined more than once`,
      }))
    },
  },
  { name: 'defined-before-use', find: readsBeforeWrites },
  {
    name: 'outputs-exist',
    find: ({ graph, outer }) => {
      const all = new Set([...definedUpFront(graph, outer), ...graph.nodes.flatMap((node) => node.outputs)])
      return graph.outputs
        .filter((value) => !all.has(value))
        .map((value) => ({ message: `nothing makes the output ${value}` }))
    },
  },
  {
    name: 'known-operators',
    find: ({ graph, ops }) =>
      perNode(graph, (node) => (ops.has(node.op) ? [] : [`the hub has no operator ${node.op}`])),
  },
  {
    name: 'operator-schema',
    find: ({ graph }) =>
      perNode(graph, ({ op, inputs, outputs, attributes }) =>
        schemaProblems(op, inputs.length, outputs.length, attributes).map((problem) => `${op} ${problem}`),
      ),
  },
  {
    name: 'constants-fit-their-shape',
    find: ({ graph }) =>
      [...graph.constants].flatMap(([value, { shape, data }]) =>
        data && data.length !== elementCount(shape)
          ? [{ message: `the constant ${value} has ${data.length} elements for the shape [${shape.join(', ')}]` }]
          : [],
      ),
  },
  {
    name: 'constants-have-their-type',
    find: ({ graph }) =>
      [...graph.constants].flatMap(([value, { dtype, shape }]) =>
        contradiction({ dtype, shape }, graph.types.get(value)).map((message) => ({
          message: `the constant ${value} ${message}`,
        })),
      ),
  },
  { name: 'types-as-inferred', find: inferenceDisagrees },
]

/**
 * Checks a hub graph and its bodies against the invariants of the intermediate representation.
 *
 * @returns every broken invariant; none for a sound graph.
 */
export function verifyGraph(
  graph: Graph,
  ops: ReadonlyMap<string, OpSpec>,
  outer: ReadonlyMap<string, ValueType> = new Map(),
): Problem[] {
  const scope = { graph, ops, outer }
  const own = INVARIANTS.flatMap(({ name, find }) =>
    [...find(scope)].map((finding) => ({ invariant: name, ...finding })),
  )
  const visible = new Map([...outer, ...graph.types])
  const inner = graph.nodes.flatMap((node) => subgraphs(node).flatMap((body) => verifyGraph(body, ops, visible)))
  return [...own, ...inner]
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return [...new Set(names.filter((name) => seen.size === seen.add(name).size))]
}

function perNode(graph: Graph, check: (node: Node) => readonly string[]): Finding[] {
  return graph.nodes.flatMap((node) => check(node).map((message) => ({ message, node: node.id })))
}

function definedUpFront(graph: Graph, outer: ReadonlyMap<string, ValueType>): Set<string> {
  return new Set([...outer.keys(), ...graph.inputs, ...graph.constants.keys()])
}

function readsBeforeWrites({ graph, outer }: Scope): Finding[] {
  const defined = definedUpFront(graph, outer)
  return perNode(graph, (node) => {
    const missing = [...readBy(node)].filter((value) => !defined.has(value))
    for (const value of node.outputs) defined.add(value)
    return missing.map((value) => `${node.op} reads ${value}, which is not defined before it`)
  })
}

/** How two types contradict each other; unknown parts contradict nothing. */
function contradiction(actual: ValueType | undefined, recorded: ValueType | undefined): string[] {
  if (!actual || !recorded) return []
  const [a, b] = [actual.shape, recorded.shape]
  const dtypes = actual.dtype !== null && recorded.dtype !== null && actual.dtype !== recorded.dtype
  const ranks = a && b && a.length !== b.length
  const sizes = a && b && a.some((d, i) => typeof d === 'number' && typeof b[i] === 'number' && d !== b[i])
  return dtypes || ranks || sizes ? [`is ${formatType(actual)}, but recorded as ${formatType(recorded)}`] : []
}

function inferenceDisagrees({ graph, ops, outer }: Scope): Finding[] {
  const typeOf = (value: string) => graph.types.get(value) ?? outer.get(value) ?? { dtype: null, shape: null }
  return perNode(graph, (node) => {
    const spec = ops.get(node.op)
    if (!spec) return []
    try {
      const inferred = spec.infer({
        op: node.op,
        attributes: node.attributes,
        inputs: node.inputs.map((value) => (value ? typeOf(value) : undefined)),
        outputCount: node.outputs.length,
        constant: (index) => graph.constants.get(node.inputs[index] ?? ''),
      })
      return node.outputs.flatMap((value, i) =>
        contradiction(inferred[i], graph.types.get(value)).map((message) => `${node.op}'s output ${value} ${message}`),
      )
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
  })
}
