import { describe, expect, it } from 'vitest'
import { checkCase } from './check-case.ts'
import { casesOf } from './fixture-case.ts'
import { type AnyCheck, knownGap } from './known-gaps.ts'
import { schemaProblems } from './pmml-schema.ts'
import { SUITES } from './suites.ts'

/** Milliseconds; the slowest take two seconds on an idle machine. */
const PATIENCE = 60_000

/** Every model of a suite, from its bytes to the answers of its copies; one test a model. */
export function conformance(name: keyof typeof SUITES): void {
  const { set, cases } = casesOf(SUITES[name].set, SUITES[name].prefixes)
  describe(`conformance of ${set.name}`, () => {
    const documents = new Map<string, string>()
    for (const entry of cases) {
      it(entry.id, { timeout: PATIENCE }, async () => {
        const findings = await checkCase(set, entry, (text) => documents.set(entry.id, text))
        report([...findings].flatMap(([check, problems]) => verdict(set.name, entry.id, check, problems)))
      })
    }
    it('writes PMML that the schema allows', { timeout: 2 * PATIENCE }, async () => {
      const problems = await schemaProblems(documents)
      const told = [...documents.keys()].flatMap((id) =>
        verdict(set.name, id, 'pmml-schema', problems.get(id) ?? []).map((problem) => `${id} ${problem}`),
      )
      report(told)
    })
  })
}

/** Fails with every line: a list would be cut short in the message. */
function report(problems: readonly string[]): void {
  if (problems.length > 0) expect.fail(problems.join('\n'))
}

/** What is neither passed nor a known gap, and known gaps that pass. */
function verdict(set: string, id: string, check: AnyCheck, problems: readonly string[]): string[] {
  const gap = knownGap(set, id, check)
  if (!gap) return problems.map((problem) => `${check}: ${problem}`)
  return problems.length > 0 ? [] : [`${check}: passes now, take it out of the known gaps ("${gap.reason}")`]
}
