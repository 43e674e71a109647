import { mlOps } from './ml/index.ts'
import { opTable } from './registry.ts'
import { tensorOps } from './tensor/index.ts'

/** Every operator of the hub: ONNX's tensor operators at the pinned opset, and the `ml.*` family. */
export const hubOps = opTable(tensorOps, mlOps)
