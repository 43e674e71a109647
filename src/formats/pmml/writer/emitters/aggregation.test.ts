import { describe, expect, it } from 'vitest'
import { apply, column } from '../../../../core/ops/ml/expression.ts'
import { proven, value } from '../testing/proven.ts'
import { continuous, tableModel } from '../testing/write-hub.ts'

const COLUMNS = [continuous('a'), continuous('b'), continuous('c')]
const NAMES = ['a', 'b', 'c']
const ROWS = [
  ['1', '2', '3'],
  ['3', '1', '2'],
  ['-5', '5', '0.5'],
]

describe('many answers made one', () => {
  it('writes a weighted median as a MiningModel over the models that it is of', async () => {
    const model = tableModel(COLUMNS, (hub, inputs) => {
      const members = [1, 2, 3].map((k) =>
        hub.ml('ml.linear', inputs, {
          coefficients: Float64Array.of(k, -1, 0.5 * k),
          intercepts: Float64Array.of(k),
        }),
      )
      const answers = hub.op('Concat', members, { axis: 1 })
      return [value(hub.ml('ml.weightedMedian', [answers], { weights: Float64Array.of(1, 3, 1.5) }))]
    })
    const { text } = await proven(model, NAMES, ROWS)
    expect(text).toContain('<Segmentation multipleModelMethod="weightedMedian">')
    expect(text).toContain('weight="1.5"')
    expect(text).not.toContain('DerivedField')
  })

  it('leaves out the members of a weighted median that do not count', async () => {
    const model = tableModel(COLUMNS, (hub, inputs) => {
      const answers = hub.op('Concat', inputs, { axis: 1 })
      const counts = hub.ml('ml.expression', inputs, {
        expressions: [column(0), column(1), column(2)].map((x) => apply('greaterThan', x, column(2))),
        type: 'number',
      })
      return [value(hub.ml('ml.weightedMedian', [answers, counts], { weights: Float64Array.of(1, 3, 1.5) }))]
    })
    const rows = [...ROWS.slice(1), ['4', '3', '2']]
    expect((await proven(model, NAMES, rows)).text).toContain('operator="equal" value="1"')
  })

  it('writes the median of columns without the function of that name, which evaluators lack', async () => {
    const model = tableModel(COLUMNS, (hub, inputs) => {
      const median = apply('median', column(0), column(1), column(2))
      return [value(hub.ml('ml.expression', inputs, { expressions: [apply('+', median, column(0))], type: 'number' }))]
    })
    const { text } = await proven(model, NAMES, [...ROWS, ['1', '', '4'], ['1', '', '']])
    expect(text).toContain('<Segmentation multipleModelMethod="median">')
    expect(text).not.toContain('function="median"')
  })
})
