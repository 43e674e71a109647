import type { Check } from './check-case.ts'

/** Cases that do not pass a check yet. A listed case that passes fails the run, so that this list can not go stale. */
export interface KnownGap {
  /** A case's set and id, `*` for any characters: `sklearn/fixtures sklearn-1.0/isotonic-*`. */
  readonly cases: string
  readonly checks: readonly (Check | 'pmml-schema')[]
  readonly reason: string
}

export const KNOWN_GAPS: readonly KnownGap[] = []

const patterns = new Map(KNOWN_GAPS.map((gap) => [gap, patternOf(gap.cases)]))

function patternOf(cases: string): RegExp {
  return new RegExp(
    `^${cases
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'))
      .join('.*')}$`,
  )
}

/** The gap that a case has in a check, if it is known to have one. */
export function knownGap(set: string, id: string, check: Check | 'pmml-schema'): KnownGap | undefined {
  return KNOWN_GAPS.find((gap) => gap.checks.includes(check) && patterns.get(gap)?.test(`${set} ${id}`))
}

/** Whether a gap is about a case at all. */
export function isAbout(gap: KnownGap, set: string, id: string): boolean {
  return patterns.get(gap)?.test(`${set} ${id}`) ?? false
}
