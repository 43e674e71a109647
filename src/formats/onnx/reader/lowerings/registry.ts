import { PortolanError } from '../../../../core/errors.ts'
import { tensorOps } from '../../../../core/ops/tensor/index.ts'
import { lowering, loweringKey, type OnnxLowering } from '../lowering.ts'
import { changedSemantics } from './changed-semantics.ts'
import { constantLowering } from './constant.ts'
import { inputsForAttributes } from './inputs-for-attributes.ts'
import { microsoftLowerings } from './microsoft/microsoft-lowerings.ts'
import { mlLowerings } from './ml/ml-lowerings.ts'
import { newOperators } from './new-operators.ts'
import { passThrough } from './pass-through.ts'
import { sequenceLowerings } from './sequences.ts'
import { textLowerings } from './text.ts'

/** A table of lowerings by operator; a duplicate is a programming error and is named. */
function loweringTable(...groups: readonly (readonly OnnxLowering[])[]): ReadonlyMap<string, OnnxLowering> {
  const table = new Map<string, OnnxLowering>()
  for (const entry of groups.flat()) {
    const key = loweringKey(entry.name)
    if (table.has(key)) throw new PortolanError('internal', `the operator ${key} has two lowerings`)
    table.set(key, entry)
  }
  return table
}

const special = [
  ...changedSemantics,
  ...inputsForAttributes,
  ...newOperators,
  ...sequenceLowerings,
  ...textLowerings,
  constantLowering,
]

/** Operators that have meant the same at every opset. */
function unchanged(): OnnxLowering[] {
  const known = new Set(special.map((entry) => entry.name.type))
  return tensorOps.filter(({ op }) => !known.has(op)).map(({ op }) => lowering(op, [op], passThrough))
}

/** Every ONNX operator that has a lowering to the hub. */
export const LOWERINGS = loweringTable(special, unchanged(), mlLowerings, microsoftLowerings)
