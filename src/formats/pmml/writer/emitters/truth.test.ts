import { describe, expect, it } from 'vitest'
import { apply, column, type Expression, number } from '../../../../core/ops/ml/expression.ts'
import { proven, value } from '../testing/proven.ts'
import { continuous, tableModel } from '../testing/write-hub.ts'

const isBelow = (index: number, bound: number) => apply('lessThan', column(index), number(bound))

/** The document of an expression of a and b; it is valid and computes the same, missing values included. */
async function written(expression: Expression): Promise<string> {
  const model = tableModel([continuous('a'), continuous('b')], (hub, inputs) => [
    value(hub.ml('ml.expression', inputs, { expressions: [expression], type: 'number' })),
  ])
  const cells = ['0', '2', '']
  const rows = cells.flatMap((a) => cells.map((b) => [a, b]))
  return (await proven(model, ['a', 'b'], rows)).text
}

describe('truth values in PMML', () => {
  it('never compares what is missing', async () => {
    const document = await written(apply('if', isBelow(0, 1), number(5), number(7)))
    expect(document).toContain('<Apply function="lessThan" mapMissingTo="false">')
    expect(document).toContain('<Apply function="greaterOrEqual" mapMissingTo="false">')
  })

  it.each(['and', 'or'] as const)('lets a decisive argument of %s win over a missing one', async (fn) => {
    await written(apply('if', apply(fn, isBelow(0, 1), isBelow(1, 1)), number(5), number(7)))
    await written(apply('if', apply('not', apply(fn, isBelow(0, 1), isBelow(1, 1))), number(5), number(7)))
  })

  it('compares truth values with each other', async () => {
    await written(apply('if', apply('notEqual', isBelow(0, 1), isBelow(1, 1)), number(5), number(7)))
  })

  it('asks whether a truth value is missing', async () => {
    await written(apply('if', apply('isMissing', apply('and', isBelow(0, 1), isBelow(1, 1))), number(5), number(7)))
  })

  it('takes another value for a missing one', async () => {
    const known: Expression = { ...apply('and', isBelow(0, 1), isBelow(1, 1)), mapMissingTo: 1 } as Expression
    await written(apply('if', known, number(5), number(7)))
  })

  it('writes what nothing can make missing as it is', async () => {
    const document = await written(apply('if', apply('isNotMissing', column(0)), number(5), number(7)))
    expect(document).not.toContain('mapMissingTo')
    expect(document.match(/<Apply /g)).toHaveLength(2)
  })

  it('asks for no function of a value that was made missing', async () => {
    const some = apply('if', isBelow(0, 1), column(1), { kind: 'constant', value: null, type: 'number' })
    expect(await written(apply('abs', some))).toContain('isNotMissing')
  })
})
