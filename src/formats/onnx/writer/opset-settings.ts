import { PortolanError } from '../../../core/errors.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'

export const OLDEST_OPSET = 13
export const NEWEST_OPSET = 23
export const DEFAULT_OPSET = 21

/** The newest opset at which ONNX Runtime (1.30) loads int8 activations: from 21 on its own rewriting of them contradicts itself. */
const INT8_OPSET = 20

/** The version of ai.onnx.ml that is declared where its operators are used: the first with TreeEnsemble. */
export const ML_OPSET = 5

/** The IR version of the file: 10, the first with metadata on nodes; ONNX Runtime reads it since 1.18. */
export const IR_VERSION = 10

/** The opset to declare where none is asked for. */
export function defaultOpset({ nodes, types }: Graph): number {
  const isInt8 = ({ op, outputs }: Node) => op === 'QuantizeLinear' && types.get(outputs[0] ?? '')?.dtype === 'int8'
  return nodes.some(isInt8) ? INT8_OPSET : DEFAULT_OPSET
}

/** The ai.onnx opset to declare. Throws PortolanError('usage') for one that cannot be written. */
export function checkedOpset(value: number): number {
  if (!Number.isInteger(value) || value < OLDEST_OPSET || value > NEWEST_OPSET) {
    throw new PortolanError('usage', `ONNX opset ${value} can not be written`, {
      hint: `Choose an opset from ${OLDEST_OPSET} to ${NEWEST_OPSET}; ${DEFAULT_OPSET} is the default.`,
    })
  }
  return value
}
