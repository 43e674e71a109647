import type { Graph, Node } from '../../../core/ir/graph.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import type { SignatureEntry } from '../../../core/source-model.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { operatorOf } from '../class-names.ts'
import { inputColumns, targetNames } from '../lowerings/signature.ts'
import { inspectorAttributes, trainedParameters } from './attributes.ts'
import { type Member, membersOf, undrawnMembers } from './members.ts'

/** The estimators of a file as a graph in the `sklearn` dialect. */
export interface SourceTree {
  readonly graph: Graph
  readonly inputs: readonly SignatureEntry[]
  readonly outputs: readonly SignatureEntry[]
  readonly parameterCount: number
  /** The node of an estimator, by the identity of its pickled object. */
  readonly nodeOf: (estimator: PyView) => string | undefined
}

const MAX_DEPTH = 12

/**
 * One node per estimator: steps stand in sequence, branches side by side, and what contains them joins their results.
 * Ids are paths such as `model/union/scaler`.
 */
export function sourceGraph(model: PyView): SourceTree {
  const builder = new SourceGraphBuilder()
  const { names, type } = tableType(model)
  const output = builder.add(model, 'model', ['X'], undefined, 0)
  const graph: Graph = {
    name: model.className,
    dialect: 'sklearn',
    inputs: ['X'],
    outputs: [output],
    nodes: builder.nodes,
    constants: new Map(),
    types: new Map([['X', type]]),
  }
  return {
    graph,
    inputs: [{ name: 'X', type, ...(names === undefined ? {} : { columns: names }) }],
    outputs: [{ name: targetNames(model, 1)[0] ?? 'y', type: { dtype: null, shape: null } }],
    parameterCount: builder.parameterCount,
    nodeOf: (estimator) => builder.ids.get(estimator.value as object),
  }
}

/** The type of the input table; without names when the file does not tell its columns. */
function tableType(model: PyView): { names: readonly string[] | undefined; type: ValueType } {
  try {
    const { names } = inputColumns(model)
    return { names, type: { dtype: null, shape: ['N', names.length] } }
  } catch {
    return { names: undefined, type: { dtype: null, shape: ['N', null] } }
  }
}

/** Parameters of an estimator with everything inside it. */
function parametersIn(estimator: PyView, depth = 0): number {
  const inside = depth < MAX_DEPTH ? membersOf(estimator).map((member) => member.estimator) : []
  return [...inside, ...undrawnMembers(estimator)].reduce(
    (sum, each) => sum + parametersIn(each, depth + 1),
    trainedParameters(estimator),
  )
}

class SourceGraphBuilder {
  readonly nodes: Node[] = []
  readonly ids = new Map<object, string>()
  parameterCount = 0
  readonly #taken = new Set<string>()

  /** Adds an estimator with everything inside it and returns its output value. */
  add(
    estimator: PyView,
    path: string,
    inputs: readonly string[],
    parent: string | undefined,
    depth: number,
    member?: Member,
  ): string {
    const id = this.#free(path)
    const known = estimator.value as object
    if (!this.ids.has(known)) this.ids.set(known, id)
    const results = depth < MAX_DEPTH ? this.#members(estimator, id, inputs, depth) : []
    const output = `${id}:out`
    this.nodes.push({
      id,
      op: operatorOf(estimator),
      inputs: results.length > 0 ? results : inputs,
      outputs: [output],
      attributes: {
        ...(member?.columns ? { columns: inspectorAttributes.columns(member.columns) } : {}),
        ...inspectorAttributes.of(estimator),
      },
      origin: [],
      label: member?.name ?? estimator.className,
      ...(parent === undefined ? {} : { parent }),
    })
    this.parameterCount += trainedParameters(estimator)
    for (const undrawn of undrawnMembers(estimator)) this.parameterCount += parametersIn(undrawn)
    return output
  }

  /** The values that flow out of the members of an estimator. */
  #members(estimator: PyView, id: string, inputs: readonly string[], depth: number): string[] {
    const results: string[] = []
    let flow = inputs
    for (const member of membersOf(estimator)) {
      const result = this.add(member.estimator, `${id}/${member.name}`, flow, id, depth + 1, member)
      if (member.role === 'step') flow = [result]
      else results.push(result)
    }
    return flow === inputs ? results : [...flow, ...results]
  }

  #free(path: string): string {
    let id = path
    for (let n = 2; this.#taken.has(id); n++) id = `${path}#${n}`
    this.#taken.add(id)
    return id
  }
}
