import { describe, expect, it } from 'vitest'
import { apply, column, number } from '../../../core/ops/ml/expression.ts'
import { SPLIT, type SplitMode } from '../../../core/ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import { proven, schemaErrors, score, value } from './testing/proven.ts'
import { continuous, readBack, tableModel, tensorModel, text, writeText } from './testing/write-hub.ts'

/** An ensemble of one tree with one split on a column. */
function stump(split: { mode: Exclude<SplitMode, 0>; column: number; threshold: number }) {
  const builder = new TreeEnsembleBuilder(1)
  builder.tree(0, (id: number) =>
    id === 0 ? { ...split, whenTrue: 1, whenFalse: 2, missingTrue: false } : { values: id },
  )
  return builder.build({ aggregate: 'sum' })
}

describe('pmmlWriter', () => {
  it('writes a linear classifier with its link as one RegressionModel', async () => {
    const model = tableModel([continuous('a<b'), continuous('c')], (hub, inputs) => {
      const scores = hub.ml('ml.linear', inputs, {
        coefficients: Float64Array.of(1, -2),
        intercepts: Float64Array.of(0.5),
      })
      const p = hub.ml('ml.link', [scores], { function: 'logit', complement: true })
      const label = hub.ml('ml.label', [p], { labels: ['no', 'yes'], rule: 'argmax' })
      return [
        { value: label, role: 'label', columns: ['class'], classes: ['no', 'yes'], dataType: 'string' },
        { value: p, role: 'probability', columns: ['probability(no)', 'probability(yes)'], classes: ['no', 'yes'] },
      ]
    })
    const { text: document, graph } = await proven(
      model,
      ['a<b', 'c'],
      [
        ['1', '2'],
        ['3', '-1'],
      ],
    )
    expect(document).toContain('<RegressionModel functionName="classification" normalizationMethod="logit">')
    expect(document).toContain('name="a&lt;b"')
    expect(document).not.toContain('Segmentation')
    expect(graph?.outputs).toEqual(['class', 'probability(no)', 'probability(yes)'])
  })

  it('rounds thresholds on float32 columns to the side that keeps every row where it was', async () => {
    const model = tableModel([continuous('x')], (hub, [x = '']) => {
      const ensemble = stump({ mode: SPLIT.lessOrEqual, column: 0, threshold: 0.1 })
      const rounded = hub.op('Cast', [x], { to: 'float32' })
      return [value(hub.ml('ml.treeEnsemble', [rounded], { ensemble }))]
    })
    // float32(0.1) is above 0.1: the row goes right
    const { text: document } = await proven(model, ['x'], [['0.1'], ['0.0999'], ['0.2']])
    expect(document).toContain('dataType="float"')
  })

  it('says of the second child of a split only that it is not the first', async () => {
    const model = tableModel([continuous('x')], (hub, inputs) => {
      const ensemble = stump({ mode: SPLIT.lessOrEqual, column: 0, threshold: 1 })
      return [value(hub.ml('ml.treeEnsemble', inputs, { ensemble }))]
    })
    const { text: document } = await proven(model, ['x'], [['1'], ['2'], ['']])
    expect(document.match(/<SimplePredicate /g)).toHaveLength(1)
  })

  it('keeps one-hot columns symbolic, unknown values in a column of their own', async () => {
    const model = tableModel([text('s')], (hub, inputs) => {
      const encodings = [{ keys: ['a', 'b'], slots: [0, 1], size: 3, unknownSlot: 2, missingSlot: -1 }]
      const dummies = hub.ml('ml.oneHot', inputs, { encodings })
      return [
        value(
          hub.ml('ml.linear', [dummies], { coefficients: Float64Array.of(1, 2, 4), intercepts: Float64Array.of(8) }),
        ),
      ]
    })
    const { text: document } = await proven(model, ['s'], [['a'], ['b'], ['z'], ['']])
    expect(document).toContain('<CategoricalPredictor name="s" value="b" coefficient="2"/>')
  })

  it.each([
    { slot: 0, operator: 'notEqual' },
    { slot: 2, operator: 'isNotMissing' },
    { slot: 3, operator: 'isIn' },
  ])('splits on one-hot column $slot with $operator', async ({ slot, operator }) => {
    const model = tableModel([text('s')], (hub, inputs) => {
      const encodings = [{ keys: ['a', 'b'], slots: [0, 1], size: 4, unknownSlot: 3, missingSlot: 2 }]
      const dummies = hub.ml('ml.oneHot', inputs, { encodings })
      const ensemble = stump({ mode: SPLIT.lessOrEqual, column: slot, threshold: 0.5 })
      return [value(hub.ml('ml.treeEnsemble', [dummies], { ensemble }))]
    })
    const { text: document } = await proven(model, ['s'], [['a'], ['b'], ['z'], ['']])
    expect(document).toContain(`="${operator}"`)
  })

  it('replaces missing values in a field that expressions refer to', async () => {
    const model = tableModel([continuous('x')], (hub, inputs) => {
      const filled = hub.ml('ml.impute', inputs, { replacements: [7] })
      const scaled = hub.ml('ml.scale', [filled], { center: Float64Array.of(1), divisor: Float64Array.of(2) })
      return [
        value(hub.ml('ml.linear', [scaled], { coefficients: Float64Array.of(1), intercepts: Float64Array.of(0) })),
      ]
    })
    const { text: document } = await proven(model, ['x'], [['3'], ['']])
    expect(document).toContain('<FieldRef field="x" mapMissingTo="7"/>')
  })

  it('takes what is not a number for missing where a step replaces it', async () => {
    const logarithm = (replacement: number | undefined) =>
      tableModel([continuous('x')], (hub, inputs) => {
        const ln = hub.ml('ml.expression', inputs, { expressions: [apply('ln', column(0))], type: 'number' })
        return [value(replacement === undefined ? ln : hub.ml('ml.impute', [ln], { replacements: [replacement] }))]
      })
    const { text: replaced } = await proven(logarithm(7), ['x'], [['1'], ['-1']])
    expect(replaced).toContain('<Apply function="ln" invalidValueTreatment="asMissing">')
    const { text: plain } = await writeText(logarithm(undefined))
    expect(plain).toContain('<Apply function="ln">')
  })

  it('splits an interpolation where it steps', async () => {
    const step = { kind: 'interpolate', arg: column(0), x: [0, 1, 1, 2], y: [0, 1, 5, 6], outliers: 'clamp' } as const
    const model = tableModel([continuous('x')], (hub, inputs) => [
      value(hub.ml('ml.expression', inputs, { expressions: [step], type: 'number' })),
    ])
    await proven(model, ['x'], [['-1'], ['0.5'], ['1'], ['1.5'], ['3']])
  })

  it('decides on constants while writing', async () => {
    const model = tableModel([continuous('x')], (hub, [x = '']) => {
      const ensemble = stump({ mode: SPLIT.less, column: 1, threshold: 5 })
      const constant = hub.ml('ml.expression', [x], { expressions: [number(3)], type: 'number' })
      return [value(hub.ml('ml.treeEnsemble', [x, constant], { ensemble }))]
    })
    const { text: document } = await writeText(model)
    expect(await schemaErrors(document)).toEqual([])
    expect(document).toMatch(/score="1">\s*<True\/>/)
    expect(document).not.toContain('Predicate')
  })

  it('leaves out what PMML can not say while the prediction can be written', async () => {
    const model = tableModel([continuous('x')], (hub, inputs) => {
      const line = hub.ml('ml.linear', inputs, { coefficients: Float64Array.of(2), intercepts: Float64Array.of(1) })
      const remainder = hub.op('Mod', [line, hub.float64([3], [])], { fmod: 1 })
      return [value(line), { value: remainder, role: 'other', columns: ['remainder'] }]
    })
    const { diagnostics, signature, text: document } = await writeText(model)
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([['lossy', 'output-left-out']])
    expect(signature?.outputs.map(({ columns }) => columns)).toEqual([['y']])
    expect(document).not.toContain('remainder')
    expect(await score(await readBack(document), ['x'], [['-2'], ['3']])).toEqual({
      columns: ['y'],
      rows: [['-3'], ['7']],
    })
  })

  it.each([2, 3, 6])('couples the probabilities of %i classes as libsvm does', async (classes) => {
    const pairs = (classes * (classes - 1)) / 2
    const numbers = (fn: (pair: number) => number) => Float64Array.from({ length: pairs }, (_, pair) => fn(pair))
    const model = tableModel([continuous('x')], (hub, inputs) => {
      const decisions = hub.ml('ml.linear', inputs, {
        coefficients: numbers((pair) => 1 - pair / 3),
        intercepts: numbers((pair) => pair / 4),
      })
      const [a, b] = [numbers((pair) => -1.5 - pair / 5), numbers((pair) => 0.1 + pair / 7)]
      const p = hub.ml('ml.pairwiseProbability', [decisions], { classes, a, b })
      const names = Array.from({ length: classes }, (_, k) => `p${k}`)
      return [{ value: p, role: 'probability', columns: names, classes: names }]
    })
    await proven(model, ['x'], [['0.06'], ['0.3'], ['1'], ['20'], ['-3']])
  })

  it('looks neighbours up in the order of their distances', async () => {
    const model = tableModel([continuous('a'), continuous('b')], (hub, inputs) => {
      const points = Float64Array.of(0, 0, 1, 1, 2, 0, 0, 3)
      const distances = hub.ml('ml.distance', inputs, { points, metric: 'euclidean' })
      const [indices = ''] = hub.ops('ml.nearest', [distances], { k: 2 }, { outputs: 2 })
      const answers = hub.op('Gather', [hub.float64([10, 20, 30, 40], [4, 1]), indices], { axis: 0 })
      return [value(hub.op('ReduceMean', [answers, hub.int64([1])], { keepdims: 0 }))]
    })
    const { text: document } = await writeText(model)
    expect(await schemaErrors(document)).toEqual([])
    expect(document).toContain('<NearestNeighborModel functionName="clustering" numberOfNeighbors="2"')
    expect(document.match(/feature="entityId" rank="\d"/g)).toEqual([
      'feature="entityId" rank="1"',
      'feature="entityId" rank="2"',
    ])
    expect(document.match(/<row>/g)).toHaveLength(4 + 2 * 4)
  })

  it.each([
    { where: 'a column', model: () => tableModel([continuous('a\u0007')], (_, [x = '']) => [value(x)]) },
    {
      where: 'a category',
      model: () =>
        tableModel([text('s')], (hub, inputs) => {
          const encodings = [{ keys: ['a', '\u0000'], slots: [0, 1], size: 2, unknownSlot: -1, missingSlot: -1 }]
          const dummies = hub.ml('ml.oneHot', inputs, { encodings })
          return [value(hub.op('ReduceSum', [dummies, hub.int64([1])], { keepdims: 1 }))]
        }),
    },
  ])('refuses what XML can not hold in the name of $where', async ({ model }) => {
    const { parts, diagnostics } = await writeText(model())
    expect(parts).toBeUndefined()
    expect(diagnostics.map(({ code }) => code)).toEqual(['unwritable-text'])
    expect(diagnostics[0]?.hint).toContain('Rename')
  })

  it('reports everything that blocks', async () => {
    const model = tensorModel({ image: ['N', 1, 4, 4] }, (hub, [image = '']) => {
      const kernel = hub.float32(new Array(9).fill(1), [1, 1, 3, 3])
      const convolved = hub.op('Conv', [image, kernel])
      return [hub.op('MaxPool', [convolved], { kernel_shape: [2, 2] })]
    })
    const { parts, diagnostics } = await writeText(model)
    expect(parts).toBeUndefined()
    expect(diagnostics.map(({ operator }) => operator).sort()).toEqual(['Conv', 'MaxPool'])
    expect(diagnostics.every((d) => d.severity === 'blocked' && d.hint)).toBe(true)
  })

  it('states how unknown values are treated', async () => {
    const feature = { ...text('s'), values: ['a', 'b'] }
    const model = tableModel([feature], (hub, inputs) => {
      const encodings = [{ keys: ['a', 'b'], slots: [0, 1], size: 2, unknownSlot: -1, missingSlot: -1 }]
      const dummies = hub.ml('ml.oneHot', inputs, { encodings })
      return [
        value(hub.ml('ml.linear', [dummies], { coefficients: Float64Array.of(1, 2), intercepts: Float64Array.of(0) })),
      ]
    })
    expect((await writeText(model)).text).toContain('invalidValueTreatment="asIs"')
    expect((await writeText(model, { invalidValues: 'asMissing' })).text).toContain('invalidValueTreatment="asMissing"')
    expect((await writeText(model, { invalidValues: 'returnInvalid' })).text).not.toContain('invalidValueTreatment')
  })

  it('embeds verification rows', async () => {
    const model = tableModel([continuous('x')], (hub, inputs) => [
      value(hub.ml('ml.linear', inputs, { coefficients: Float64Array.of(2), intercepts: Float64Array.of(1) })),
    ])
    const { text: document } = await writeText(model, { verification: [{ x: 1.5, y: 4, other: 9 }] })
    expect(await schemaErrors(document)).toEqual([])
    expect(document).toContain('<ModelVerification recordCount="1" fieldCount="2">')
    expect((await readBack(document)).verification).toEqual([{ x: '1.5', y: '4' }])
  })

  it('writes truth values of verification rows as PMML has them, however they are given', async () => {
    const feature = { name: 'b', kind: 'categorical', dataType: 'boolean' } as const
    const model = tableModel([feature], (hub, inputs) => [
      value(hub.ml('ml.linear', inputs, { coefficients: Float64Array.of(2), intercepts: Float64Array.of(1) })),
    ])
    const { text: document } = await writeText(model, { verification: [{ b: 'True' }, { b: 1 }, { b: 'false' }] })
    expect(document.match(/(?<=<c1>)\w+/g)).toEqual(['true', 'true', 'false'])
  })
})

describe('networks', () => {
  const dense = [0.5, -1, 0.25, 2, -0.75, 1]

  it('folds products, normalisations and additions into the neurons of one layer', async () => {
    const model = tensorModel({ x: ['N', 2] }, (hub, [x = '']) => {
      const sums = hub.op('Add', [hub.op('MatMul', [x, hub.float32(dense, [2, 3])]), hub.float32([1, 2, 3])])
      const [one, zero] = [hub.float32([1, 1, 1]), hub.float32([0, 0, 0])]
      const normal = hub.op('BatchNormalization', [sums, hub.float32([2, 2, 2]), zero, zero, one], { epsilon: 0 })
      const hidden = hub.op('LeakyRelu', [normal], { alpha: 0.1 })
      return [hub.op('Softmax', [hub.op('MatMul', [hidden, hub.float32(dense, [3, 2])])], { axis: -1 })]
    })
    const { text: document, signature } = await writeText(model)
    expect(await schemaErrors(document)).toEqual([])
    expect(document.match(/<NeuralLayer [^>]*>/g)).toEqual([
      '<NeuralLayer numberOfNeurons="6" activationFunction="rectifier">',
      '<NeuralLayer numberOfNeurons="2" activationFunction="identity" normalizationMethod="softmax">',
    ])
    expect(signature?.inputs[0]?.features?.map(({ name }) => name)).toEqual(['x1', 'x2'])
    expect(signature?.outputs.flatMap(({ columns }) => columns)).toEqual(['y', 'probability(0)', 'probability(1)'])
  })

  it('scores as the tensors do', async () => {
    const model = tensorModel({ a: ['N', 2], b: ['N', 1] }, (hub, [a = '', b = '']) => {
      const hidden = hub.op('Tanh', [
        hub.op('MatMul', [hub.op('Concat', [a, b], { axis: 1 }), hub.float32(dense, [3, 2])]),
      ])
      return [hub.op('Sub', [hidden, hub.op('Mul', [b, hub.float32([3])])])]
    })
    const { text: document, signature } = await writeText(model)
    const table = { ...model, inputs: signature?.inputs ?? [], outputs: signature?.outputs ?? [] }
    const [columns, rows] = [
      ['a_1', 'a_2', 'b'],
      [
        ['1', '2', '-1'],
        ['0.5', '0', '0.25'],
      ],
    ]
    const actual = await score(await readBack(document), columns, rows)
    const expected = await score(table, columns, rows)
    expect(actual.columns).toEqual(['y1', 'y2'])
    for (const [i, row] of expected.rows.entries()) {
      for (const [j, cell] of row.entries()) expect(Number(actual.rows[i]?.[j])).toBeCloseTo(Number(cell), 6)
    }
  })
})
