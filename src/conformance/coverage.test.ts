import { describe, expect, it } from 'vitest'
import { casesOf, fixtureSets } from './fixture-case.ts'
import { SUITES } from './suites.ts'

const all = fixtureSets().flatMap((set) => set.cases.map(({ id }) => ({ set: set.name, id })))
const key = ({ set, id }: { set: string; id: string }) => `${set} ${id}`

describe('the conformance run', () => {
  it('takes every case of every manifest once', () => {
    const taken = Object.values(SUITES).flatMap(({ set, prefixes }) =>
      casesOf(set, prefixes).cases.map(({ id }) => key({ set, id })),
    )
    expect(taken.toSorted()).toEqual(all.map(key).toSorted())
  })
})
