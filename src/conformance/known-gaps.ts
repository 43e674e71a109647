import type { Check } from './check-case.ts'

/** Cases that do not pass some checks yet. A listed one that passes fails the run, so that this list can not go stale. */
export interface KnownGap {
  /** The fixtures' folder below src/formats. */
  readonly set: string
  /** Case ids; `*` stands for any characters. */
  readonly cases: readonly string[]
  readonly checks: readonly AnyCheck[]
  readonly reason: string
}

/** Checks of one case, and the one that looks at all documents of a suite together. */
export type AnyCheck = Check | 'pmml-schema'

export const KNOWN_GAPS: readonly KnownGap[] = [
  {
    set: 'sklearn/fixtures',
    cases: ['sklearn-1.0/function-transformer-identity', 'sklearn-1.0/function-transformer-log1p'],
    checks: ['lower'],
    reason: 'scikit-learn 1.0 does not keep the number of columns: nothing to convert',
  },
]

/** The gap that a case has in a check, if it is known to have one. */
export function knownGap(set: string, id: string, check: AnyCheck): KnownGap | undefined {
  return KNOWN_GAPS.find(
    (gap) => gap.set === set && gap.checks.includes(check) && gap.cases.some((cases) => isAbout(cases, id)),
  )
}

/** Whether a pattern of case ids means this one. */
export function isAbout(cases: string, id: string): boolean {
  const parts = cases.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(id)
}
