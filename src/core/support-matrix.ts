import type { FormatDescriptor } from './format.ts'

/** What can become what, computed from the registries: which source operators have a lowering that a target can write. */
export interface SupportMatrix {
  readonly targets: readonly string[]
  readonly formats: readonly FormatSupport[]
}

export interface FormatSupport {
  readonly id: string
  readonly name: string
  readonly reads: boolean
  readonly writes: boolean
  readonly operators: readonly OperatorSupport[]
}

export interface OperatorSupport {
  readonly operator: string
  /** Targets that have an emitter for every hub operator that the lowering may produce. */
  readonly targets: readonly string[]
  /** Targets that lack an emitter for some of them: it depends on the operator's settings and surroundings. */
  readonly partial: readonly string[]
}

/** Loads every reader and writer and computes the matrix. */
export async function supportMatrix(formats: readonly FormatDescriptor[]): Promise<SupportMatrix> {
  const emitters = new Map<string, ReadonlySet<string>>()
  for (const format of formats) {
    const writer = await format.writer?.()
    if (writer) emitters.set(format.id, new Set(writer.operators))
  }
  const rows: FormatSupport[] = []
  for (const format of formats) {
    const reader = await format.reader?.()
    const operators = (reader?.lowerings ?? []).map(({ operator, produces }): OperatorSupport => {
      const written = (target: string) => produces.filter((op) => emitters.get(target)?.has(op)).length
      const targets = [...emitters.keys()]
      return {
        operator,
        targets: targets.filter((t) => written(t) === produces.length),
        partial: targets.filter((t) => written(t) > 0 && written(t) < produces.length),
      }
    })
    rows.push({
      id: format.id,
      name: format.name,
      reads: reader !== undefined,
      writes: emitters.has(format.id),
      operators,
    })
  }
  return { targets: [...emitters.keys()], formats: rows }
}
