import type { DType } from '../ir/dtype.ts'
import type { Attributes, Graph } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'
import type { ValueType } from '../ir/types.ts'

/** What shape inference knows of a node. */
export interface InferContext {
  readonly op: string
  readonly attributes: Attributes
  /** Types of the inputs; undefined for an omitted optional one. */
  readonly inputs: readonly (ValueType | undefined)[]
  /** Number of outputs the node has. */
  readonly outputCount: number
  /** The constant behind an input, if it is one. */
  constant(index: number): Tensor | undefined
}

/**
 * A value in the reference evaluator. All numbers are float64 whatever the nominal dtype (integers above 2^53 lose
 * their last bits, bool is 0/1); only `Cast` rounds. So a network is evaluated at a higher precision than its
 * float32 weights, and an estimator exactly as its framework does it.
 */
export interface EvalTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: Float64Array | readonly string[]
}

export interface EvaluateContext {
  readonly op: string
  readonly attributes: Attributes
  readonly outputCount: number
  /** Runs a body of If, Loop or Scan; names of the outer scope are visible inside. */
  run(graph: Graph, inputs: readonly EvalTensor[]): EvalTensor[]
}

/** One hub operator: the meaning of its name. */
export interface OpSpec {
  readonly op: string
  /** Types of the outputs. Throws PortolanError('malformed-file') when the inputs contradict the operator. */
  infer(ctx: InferContext): ValueType[]
  /** The outputs, in float64; `inputs[i]` is undefined for an omitted optional input. */
  evaluate(inputs: readonly (EvalTensor | undefined)[], ctx: EvaluateContext): EvalTensor[]
}
