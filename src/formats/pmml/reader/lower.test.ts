import { describe, expect, it } from 'vitest'
import type { Model } from '../../../core/ir/model.ts'
import { lowerXml, score } from './testing/score.ts'

const target = '<DataField name="y" optype="continuous" dataType="double"/>'

describe('a model that reads none of its fields', () => {
  it('answers once per row of one of them, a number where there is one', async () => {
    const dictionary = `${target}<DataField name="city" optype="categorical" dataType="string"/>
      <DataField name="age" optype="continuous" dataType="double"/>`
    const model = `<RegressionModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/>
      <MiningField name="city"/><MiningField name="age"/></MiningSchema><RegressionTable intercept="2.5"/></RegressionModel>`
    expect((await lowerXml(dictionary, model)).model?.inputs.map(({ value }) => value)).toEqual(['age'])
    expect(await score(dictionary, model, 'age,city\n1,a\n2,b\n,c\n')).toEqual({
      columns: ['y'],
      rows: [['2.5'], ['2.5'], ['2.5']],
    })
  })

  it('answers per row of a text field where there is no other', async () => {
    const dictionary = `${target}<DataField name="city" optype="categorical" dataType="string"/>`
    const model = `<TreeModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/>
      <MiningField name="city"/></MiningSchema><Node score="7"><True/></Node></TreeModel>`
    expect((await score(dictionary, model, 'city\na\nb\n')).rows).toEqual([['7'], ['7']])
    const { graph } = (await lowerXml(dictionary, model)).model as Model
    const [trees] = graph.nodes.filter(({ op }) => op === 'ml.treeEnsemble')
    expect(graph.nodes.filter(({ outputs }) => outputs.includes(trees?.inputs[0] ?? '')).map(({ op }) => op)).toEqual([
      'ml.expression',
    ])
  })

  it('answers per row of a table without columns where the document has no field but the target', async () => {
    const model = `<TreeModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/>
      </MiningSchema><Node score="2.5"><True/></Node></TreeModel>`
    expect((await lowerXml(target, model)).model?.inputs).toEqual([{ value: 'rows', features: [] }])
    expect((await score(target, model, 'any\n1\n2\n')).rows).toEqual([['2.5'], ['2.5']])
  })
})

describe('a prediction without a target field', () => {
  const dictionary = '<DataField name="x" optype="continuous" dataType="double"/>'
  const output = (name: string) =>
    `<Output><OutputField name="${name}" optype="continuous" dataType="double" feature="transformedValue">
      <FieldRef field="x"/></OutputField></Output>`
  const regression = (outputs: string, predictor: string) =>
    `<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/></MiningSchema>${outputs}
      <RegressionTable intercept="1">${predictor}</RegressionTable></RegressionModel>`
  const twice = '<NumericPredictor name="x" coefficient="2"/>'

  it('is called y', async () => {
    expect(await score(dictionary, regression(output('z'), twice), 'x\n3\n')).toEqual({
      columns: ['y', 'z'],
      rows: [['7', '3']],
    })
  })

  it('is left out where an output field has its name, or where it is a mere constant beside output fields', async () => {
    const only = (name: string) => ({ columns: [name], rows: [['3']] })
    expect(await score(dictionary, regression(output('y'), twice), 'x\n3\n')).toEqual(only('y'))
    expect(await score(dictionary, regression(output('z'), ''), 'x\n3\n')).toEqual(only('z'))
  })
})

describe('a number that is marked as missing', () => {
  it('may be NaN, in the dictionary or in an expression', async () => {
    const dictionary = `${target}<DataField name="x" optype="continuous" dataType="double">
      <Value value="NaN" property="missing"/><Value value="-9" property="missing"/></DataField>`
    const model = `<RegressionModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/>
      <MiningField name="x" missingValueReplacement="5"/></MiningSchema><LocalTransformations>
      <DerivedField name="z" optype="continuous" dataType="double"><Apply function="if">
      <Apply function="isNotIn" mapMissingTo="false"><FieldRef field="x"/><Constant dataType="double">NaN</Constant>
      <Constant dataType="double">7</Constant></Apply><FieldRef field="x"/><Constant dataType="double">0</Constant></Apply>
      </DerivedField></LocalTransformations>
      <RegressionTable intercept="0"><NumericPredictor name="z" coefficient="2"/></RegressionTable></RegressionModel>`
    expect((await score(dictionary, model, 'x\n1\nNaN\n-9\n7\n')).rows).toEqual([['2'], ['10'], ['10'], ['0']])
  })
})
