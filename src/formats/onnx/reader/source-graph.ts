import { LimitExceededError } from '../../../core/errors.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import { dialectName } from '../ops/operator-name.ts'
import type { FunctionProto, GraphProto, NodeProto } from '../proto/onnx-types.ts'
import { FunctionBodies } from './function-bodies.ts'
import { functionName } from './functions.ts'
import { type AttributeReader, sourceAttributes } from './source-attributes.ts'
import type { TensorReader } from './tensors.ts'
import { inTopologicalOrder } from './topological-order.ts'
import { valueTypeOf } from './value-types.ts'

/** Bodies within bodies; real models have two or three. */
const MAX_BODY_DEPTH = 64

/** The attribute of a call that holds the body of the function, where the call has no attribute of that name. */
const BODY = 'body'

/** Reads graphs of one file into the onnx dialect: `onnx.Conv`, `onnx.ai.onnx.ml.Scaler`. Node ids are unique across bodies. */
export class SourceGraphReader {
  readonly #tensors: TensorReader
  readonly #functions: FunctionBodies
  readonly #ids = new Set<string>()
  /** Where a name that was taken before is counted on from. */
  readonly #counters = new Map<string, number>()
  #depth = 0

  constructor(tensors: TensorReader, functions: readonly FunctionProto[]) {
    this.#tensors = tensors
    this.#functions = new FunctionBodies(functions, this)
  }

  /** `bindings` are the arguments of the function that the graph stands in. */
  read(proto: GraphProto, bindings?: ReadonlyMap<string, unknown>): Graph {
    if (++this.#depth > MAX_BODY_DEPTH) {
      throw new LimitExceededError(`The ONNX graph nests bodies deeper than ${MAX_BODY_DEPTH}`, {
        context: { limit: MAX_BODY_DEPTH },
      })
    }
    const constants = new Map<string, Tensor>()
    for (const tensor of proto.initializer) constants.set(tensor.name, this.#tensors.dense(tensor))
    for (const sparse of proto.sparseInitializer) {
      if (sparse.values) constants.set(sparse.values.name, this.#tensors.sparse(sparse))
    }
    const types = new Map<string, ValueType>()
    for (const info of [...proto.valueInfo, ...proto.output, ...proto.input])
      types.set(info.name, valueTypeOf(info.type))
    for (const [name, tensor] of constants) types.set(name, { dtype: tensor.dtype, shape: tensor.shape })
    const nodes = inTopologicalOrder(proto.node.map((node) => this.node(node, bindings)))
    this.#depth--
    return {
      name: proto.name,
      dialect: 'onnx',
      // Before IR 4 initializers were inputs too, with a default.
      inputs: proto.input.map((info) => info.name).filter((name) => !constants.has(name)),
      outputs: proto.output.map((info) => info.name),
      nodes,
      constants,
      types,
    }
  }

  /** One node; `bindings` are a function's arguments, `parent` the node that calls it. */
  node(proto: NodeProto, bindings?: ReadonlyMap<string, unknown>, parent?: string): Node {
    const id = this.#freshId(proto.name || proto.output.find((value) => value !== '') || proto.opType)
    const name = functionName({ domain: proto.domain, name: proto.opType, overload: proto.overload })
    const body = this.#functions.of(name)
    return {
      id,
      op: dialectName(name),
      inputs: proto.input,
      outputs: proto.output,
      attributes: {
        ...(body ? { [BODY]: body } : {}),
        ...sourceAttributes(proto, this.attributeReader(bindings), bindings),
      },
      origin: [],
      ...(proto.name && proto.name !== id ? { label: proto.name } : {}),
      ...(parent === undefined ? {} : { parent }),
    }
  }

  /** How structured attributes of this file are read. */
  attributeReader(bindings?: ReadonlyMap<string, unknown>): AttributeReader {
    return {
      tensor: (tensor) => this.#tensors.dense(tensor),
      sparseTensor: (tensor) => this.#tensors.sparse(tensor),
      graph: (graph) => this.read(graph, bindings),
    }
  }

  #freshId(hint: string): string {
    let id = hint
    let n = this.#counters.get(hint) ?? 1
    for (; this.#ids.has(id); n++) id = `${hint}_${n}`
    this.#counters.set(hint, n)
    this.#ids.add(id)
    return id
  }
}
