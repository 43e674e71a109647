import { describe, expect, it } from 'vitest'
import { lowerXml, score } from '../../testing/score.ts'

const dictionary = `
  <DataField name="height" optype="continuous" dataType="double"/>
  <DataField name="sex" optype="categorical" dataType="string"><Value value="female"/><Value value="male"/></DataField>
  <DataField name="risk" optype="categorical" dataType="integer"><Value value="0"/><Value value="1"/></DataField>
  <DataField name="age" optype="continuous" dataType="double"/>`

const schema = (...targets: string[]) =>
  `<MiningSchema>${targets.map((name) => `<MiningField name="${name}" usageType="target"/>`).join('')}
    <MiningField name="age"/></MiningSchema>`

const chain = (targets: readonly string[], output: string, segments: readonly string[], method = 'modelChain') =>
  `<MiningModel functionName="classification">${schema(...targets)}${output && `<Output>${output}</Output>`}
    <Segmentation multipleModelMethod="${method}">
    ${segments.map((model, i) => `<Segment id="${i + 1}"><True/>${model}</Segment>`).join('')}</Segmentation></MiningModel>`

const height = `<RegressionModel functionName="regression">${schema('height')}
  <RegressionTable intercept="100"><NumericPredictor name="age" coefficient="2"/></RegressionTable></RegressionModel>`

const tree = (target: string, young: string, old: string) => `<TreeModel functionName="classification">${schema(target)}
  <Node><True/>
    <Node score="${young}"><SimplePredicate field="age" operator="lessThan" value="30"/>
      <ScoreDistribution value="${young}" recordCount="3"/><ScoreDistribution value="${old}" recordCount="1"/></Node>
    <Node score="${old}"><True/>
      <ScoreDistribution value="${young}" recordCount="1"/><ScoreDistribution value="${old}" recordCount="7"/></Node>
  </Node></TreeModel>`

const ages = 'age\n20\n40\n'

describe('modelChain', () => {
  it('answers what its output fields tell of earlier segments, their targets first and with their own labels', async () => {
    const output = `
      <OutputField name="height" optype="continuous" dataType="double" feature="predictedValue" segmentId="1"/>
      <OutputField name="sex" optype="categorical" dataType="string" feature="predictedValue" segmentId="2"/>
      <OutputField name="share of female" optype="continuous" dataType="double" feature="probability" value="female" segmentId="2"/>`
    const model = chain(['risk'], output, [height, tree('sex', 'male', 'female'), tree('risk', '0', '1')])
    expect(await score(dictionary, model, ages)).toEqual({
      columns: ['height', 'sex', 'risk', 'share of female', 'probability(0)', 'probability(1)'],
      rows: [
        ['140', 'male', '0', '0.25', '0.75', '0.25'],
        ['180', 'female', '1', '0.875', '0.125', '0.875'],
      ],
    })
  })

  it('answers all targets that its own schema names', async () => {
    const table = await score(dictionary, chain(['height', 'sex'], '', [height, tree('sex', 'male', 'female')]), ages)
    expect(table).toEqual({
      columns: ['height', 'sex'],
      rows: [
        ['140', 'male'],
        ['180', 'female'],
      ],
    })
  })

  it('leaves out what is told of a segment that it does not have', async () => {
    const output = '<OutputField name="nobody" dataType="string" optype="categorical" segmentId="9"/>'
    const { model, diagnostics } = await lowerXml(dictionary, chain(['risk'], output, [tree('risk', '0', '1')]))
    expect(model?.outputs.flatMap(({ columns }) => columns)).toEqual(['risk', 'probability(0)', 'probability(1)'])
    expect(diagnostics.map(({ code }) => code)).toEqual(['output-left-out'])
  })
})

describe('a vote', () => {
  it('does not pass its own answer off as that of one segment', async () => {
    const output = '<OutputField name="first" dataType="integer" optype="categorical" segmentId="1"/>'
    const trees = [tree('risk', '0', '1'), tree('risk', '1', '0')]
    const { model, diagnostics } = await lowerXml(dictionary, chain(['risk'], output, trees, 'majorityVote'))
    expect(model?.outputs.flatMap(({ columns }) => columns)).not.toContain('first')
    expect(diagnostics.map(({ code }) => code)).toContain('output-left-out')
  })
})
