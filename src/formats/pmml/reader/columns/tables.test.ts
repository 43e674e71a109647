import { expect, it } from 'vitest'
import { score } from '../testing/score.ts'

it('joins a field of single precision and a formula of double precision into one table', async () => {
  const dictionary = `
    <DataField name="x" optype="continuous" dataType="double"/>
    <DataField name="y" optype="categorical" dataType="integer"><Value value="0"/><Value value="1"/></DataField>`
  const predictor = (field: string, label: number) =>
    `<RegressionTable intercept="0" targetCategory="${label}"><NumericPredictor name="${field}" coefficient="1"/></RegressionTable>`
  const model = `<RegressionModel functionName="classification" normalizationMethod="simplemax">
    <MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema>
    <LocalTransformations>
      <DerivedField name="single" optype="continuous" dataType="float"><FieldRef field="x"/></DerivedField>
      <DerivedField name="rest" optype="continuous" dataType="double">
        <Apply function="-"><Constant dataType="double">1</Constant><FieldRef field="single"/></Apply>
      </DerivedField>
    </LocalTransformations>
    ${predictor('rest', 0)}${predictor('single', 1)}</RegressionModel>`
  expect(await score(dictionary, model, 'x\n0.25\n0.75\n')).toEqual({
    columns: ['y', 'probability(0)', 'probability(1)'],
    rows: [
      ['0', '0.75', '0.25'],
      ['1', '0.25', '0.75'],
    ],
  })
})
