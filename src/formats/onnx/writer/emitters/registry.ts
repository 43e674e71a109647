import { PortolanError } from '../../../../core/errors.ts'
import { tensorOps } from '../../../../core/ops/tensor/index.ts'
import type { Emitter } from '../emitter.ts'
import { mlEmitters } from './ml/ml-emitters.ts'
import { tensorEmitters } from './tensor-emitters.ts'

/** A table of emitters by hub operator; a duplicate is a programming error and is named. */
function emitterTable(...groups: readonly (readonly Emitter[])[]): ReadonlyMap<string, Emitter> {
  const table = new Map<string, Emitter>()
  for (const emitter of groups.flat()) {
    if (table.has(emitter.op)) throw new PortolanError('internal', `the operator ${emitter.op} has two emitters`)
    table.set(emitter.op, emitter)
  }
  return table
}

/** Every hub operator that can be written as ONNX. */
export const EMITTERS = emitterTable(tensorEmitters(tensorOps.map((spec) => spec.op)), mlEmitters)
