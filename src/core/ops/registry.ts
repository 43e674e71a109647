import { PortolanError } from '../errors.ts'
import type { OpSpec } from './spec.ts'

/** A table of operators by name; a duplicate is a programming error and is named. */
export function opTable<S extends Pick<OpSpec, 'op'>>(...groups: readonly (readonly S[])[]): ReadonlyMap<string, S> {
  const table = new Map<string, S>()
  for (const spec of groups.flat()) {
    if (table.has(spec.op)) throw new PortolanError('internal', `the operator ${spec.op} is specified twice`)
    table.set(spec.op, spec)
  }
  return table
}
