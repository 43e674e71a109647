import type { Node } from '../../../core/ir/graph.ts'
import { type OperatorName, qualifiedName } from '../ops/operator-name.ts'
import type { FunctionProto } from '../proto/onnx-types.ts'
import { opsetMap } from './opsets.ts'
import { attributeValue } from './source-attributes.ts'
import type { SourceGraphReader } from './source-graph.ts'

/** A function that a file defines, ready to be put in place of its calls. */
export interface FunctionDefinition {
  readonly name: OperatorName
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly opsets: ReadonlyMap<string, number>
  /** The body's nodes for one call, with the call's attributes in place of the function's. */
  instantiate(call: Node): Node[]
}

/** The operator that calls a function; one of several of that name is told by its overload. */
export function functionName({
  domain,
  name,
  overload,
}: Pick<FunctionProto, 'domain' | 'name' | 'overload'>): OperatorName {
  return { domain, type: overload ? `${name}:${overload}` : name }
}

/** The functions of a file, by operator. */
export class FunctionTable {
  readonly #definitions = new Map<string, FunctionDefinition>()

  constructor(functions: readonly FunctionProto[], graphs: SourceGraphReader) {
    for (const proto of functions) {
      const name = functionName(proto)
      this.#definitions.set(qualifiedName(name), {
        name,
        inputs: proto.input,
        outputs: proto.output,
        opsets: opsetMap(proto.opsetImport),
        instantiate: (call) => {
          const bindings = new Map<string, unknown>()
          for (const attribute of proto.attributeProto) {
            bindings.set(attribute.name, attributeValue(attribute, graphs.attributeReader(), new Map()))
          }
          for (const [name, value] of Object.entries(call.attributes)) bindings.set(name, value)
          return proto.node.map((node) => graphs.node(node, bindings, call.id))
        },
      })
    }
  }

  find(name: OperatorName): FunctionDefinition | undefined {
    return this.#definitions.get(qualifiedName(name))
  }

  get size(): number {
    return this.#definitions.size
  }
}
