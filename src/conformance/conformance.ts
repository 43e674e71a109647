import { describe, expect, it } from 'vitest'
import { checkCase } from './check-case.ts'
import { casesOf } from './fixture-case.ts'
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
        report([...findings].flatMap(([check, problems]) => problems.map((problem) => `${check}: ${problem}`)))
      })
    }
    it('writes PMML that the schema allows', { timeout: 2 * PATIENCE }, async () => {
      const problems = await schemaProblems(documents)
      report([...problems].flatMap(([id, found]) => found.map((problem) => `${id}: ${problem}`)))
    })
  })
}

/** Fails with every line: a list would be cut short in the message. */
function report(problems: readonly string[]): void {
  if (problems.length > 0) expect.fail(problems.join('\n'))
}
