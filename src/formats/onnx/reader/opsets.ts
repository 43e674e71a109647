import type { OperatorSetIdProto } from '../proto/onnx-types.ts'

/** Declared opset versions by domain; `ai.onnx` is also written ''. Before IR 3 there was one opset, 1. */
export function opsetMap(imports: readonly OperatorSetIdProto[]): Map<string, number> {
  const opsets = new Map<string, number>([['', 1]])
  for (const { domain, version } of imports) opsets.set(domain === 'ai.onnx' ? '' : domain, version)
  return opsets
}
