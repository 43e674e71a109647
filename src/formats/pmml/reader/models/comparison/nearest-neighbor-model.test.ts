import { describe, expect, it } from 'vitest'
import { lowerXml, score } from '../../testing/score.ts'

const dictionary = '<DataField name="x" optype="continuous" dataType="double"/>'

const model = (ids: readonly string[], output: string) => `
  <NearestNeighborModel functionName="clustering" numberOfNeighbors="2" instanceIdVariable="id">
    <MiningSchema><MiningField name="x"/></MiningSchema>${output && `<Output>${output}</Output>`}
    <TrainingInstances><InstanceFields><InstanceField field="id" column="id"/><InstanceField field="x" column="x"/>
      </InstanceFields><InlineTable>
      ${ids.map((id, i) => `<row><id>${id}</id><x>${i * 10}</x></row>`).join('')}</InlineTable></TrainingInstances>
    <ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure>
    <KNNInputs><KNNInput field="x"/></KNNInputs></NearestNeighborModel>`

const neighbors = (dataType: string) => `
  <OutputField name="first" optype="categorical" dataType="${dataType}" feature="entityId"/>
  <OutputField name="second" optype="categorical" dataType="${dataType}" feature="entityId" rank="2"/>
  <OutputField name="near" optype="continuous" dataType="double" feature="entityAffinity"/>
  <OutputField name="far" optype="continuous" dataType="double" feature="affinity" rank="2"/>`

const rows = 'x\n2\n14\n'

describe('a NearestNeighborModel without a target', () => {
  it.each([
    ['positions', ['0', '1', '2'], 'integer'],
    ['other whole numbers', ['7', '5', '3'], 'integer'],
    ['texts', ['a', 'b', 'c'], 'string'],
  ])('tells neighbors by ids that are %s, and their distances', async (_, ids, dataType) => {
    const [a, b, c] = ids
    expect(await score(dictionary, model(ids, neighbors(dataType)), rows)).toEqual({
      columns: ['first', 'second', 'near', 'far'],
      rows: [
        [a, b, '2', '8'],
        [b, c, '4', '6'],
      ],
    })
  })

  it('gives ids as numbers to the next model of a chain', async () => {
    const chain = `<MiningModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/>
      <MiningField name="x"/></MiningSchema><Segmentation multipleModelMethod="modelChain">
      <Segment id="1"><True/>${model(['0', '1', '2'], neighbors('integer'))}</Segment>
      <Segment id="2"><True/><RegressionModel functionName="regression"><MiningSchema>
        <MiningField name="y" usageType="target"/><MiningField name="second"/></MiningSchema>
        <LocalTransformations><DerivedField name="value" optype="continuous" dataType="double">
          <MapValues outputColumn="to" dataType="double"><FieldColumnPair field="second" column="from"/><InlineTable>
            <row><from>1</from><to>0.5</to></row><row><from>2</from><to>0.25</to></row></InlineTable></MapValues>
        </DerivedField></LocalTransformations>
        <RegressionTable intercept="0"><NumericPredictor name="value" coefficient="4"/></RegressionTable>
      </RegressionModel></Segment></Segmentation></MiningModel>`
    const table = await score(`<DataField name="y" optype="continuous" dataType="double"/>${dictionary}`, chain, rows)
    expect(table.rows.map((row) => row[table.columns.indexOf('y')])).toEqual(['2', '1'])
  })

  it('is blocked where nobody asks for its neighbors', async () => {
    expect((await lowerXml(dictionary, model(['0', '1', '2'], ''))).diagnostics).toEqual([
      expect.objectContaining({ severity: 'blocked', message: expect.stringMatching(/predicts no field/) }),
    ])
  })
})
