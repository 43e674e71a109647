import { describe, expect, it } from 'vitest'
import { imageLayout } from './image-tensor.ts'
import { runView } from './run-view.ts'

const tensor = (shape: number[], data: ArrayLike<number>) => ({
  dtype: 'float64' as const,
  shape,
  data: Float64Array.from(data),
})

describe('what the page sees of a run', () => {
  it('the first rows as a table, probabilities with their classes', async () => {
    const rows = 300
    const view = await runView(
      [
        { value: 'label', role: 'label', columns: ['y'], classes: ['no', 'yes'] },
        { value: 'p', role: 'probability', columns: ['probability(no)', 'probability(yes)'], classes: ['no', 'yes'] },
      ],
      {
        label: { dtype: 'string', shape: [rows], data: Array.from({ length: rows }, () => 'no') },
        p: tensor(
          [rows, 2],
          Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? 0.25 : 0.75)),
        ),
      },
      1.5,
    )
    expect(view).toMatchObject({ rowCount: rows, time: 1.5 })
    expect(view.preview.columns).toEqual(['y', 'probability(no)', 'probability(yes)'])
    expect(view.preview.rows).toHaveLength(200)
    expect(view.preview.rows[199]).toEqual(['no', '0.75', '0.25'])
    expect(view.outputs[1]).toMatchObject({ type: 'float64[300, 2]', image: null })
    expect(view.outputs[1]?.scores?.labels).toEqual(['no', 'yes'])
    expect(view.outputs[1]?.scores?.rows[0]).toEqual([0.75, 0.25])
  })

  it('a softmax without names is a distribution, other numbers are not', async () => {
    const outputs = [{ value: 'y', role: 'other' as const }]
    const softmax = await runView(outputs, { y: tensor([1, 3], [0.2, 0.3, 0.5]) }, 0)
    expect(softmax.outputs[0]?.scores?.labels).toEqual(['0', '1', '2'])
    const numbers = await runView(outputs, { y: tensor([1, 3], [1, 2, 3]) }, 0)
    expect(numbers.outputs[0]?.scores).toBeNull()
  })

  it('no table of an output with more columns than anybody reads', async () => {
    const view = await runView([{ value: 'y', role: 'other' }], { y: tensor([1, 2000], { length: 2000 }) }, 0)
    expect(view.preview.columns).toEqual([])
  })
})

describe('imageLayout', () => {
  it('finds channels first, last and left out', () => {
    expect(imageLayout([1, 3, 32, 24])).toEqual({ height: 32, width: 24, channels: 3, channelsFirst: true })
    expect(imageLayout([1, 32, 24, 1])).toEqual({ height: 32, width: 24, channels: 1, channelsFirst: false })
    expect(imageLayout([1, 28, 28])).toEqual({ height: 28, width: 28, channels: 1, channelsFirst: false })
    expect(imageLayout([1, 64, 16, 16])).toBeUndefined()
    expect(imageLayout([1, 4, 4, 3])).toBeUndefined()
    expect(imageLayout([1, 10])).toBeUndefined()
  })
})
