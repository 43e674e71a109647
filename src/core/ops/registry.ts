import { PortolanError } from '../errors.ts'
import type { OpSpec } from './spec.ts'

/** A table of operators by name; a duplicate is a programming error and is named. */
export function opTable(...groups: readonly (readonly OpSpec[])[]): ReadonlyMap<string, OpSpec> {
  const table = new Map<string, OpSpec>()
  for (const spec of groups.flat()) {
    if (table.has(spec.op)) throw new PortolanError('internal', `the operator ${spec.op} is specified twice`)
    table.set(spec.op, spec)
  }
  return table
}
