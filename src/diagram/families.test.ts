import { describe, expect, it } from 'vitest'
import { familyOf, shortOp } from './families.ts'

describe('families', () => {
  it.each([
    ['Conv', 'weights'],
    ['LSTM', 'weights'],
    ['LogisticRegression', 'weights'],
    ['RandomForestClassifier', 'trees'],
    ['TreeEnsembleRegressor', 'trees'],
    ['LeakyRelu', 'activation'],
    ['BatchNormalization', 'normalisation'],
    ['GlobalAveragePooling2D', 'pooling'],
    ['Transpose', 'shape'],
    ['Add', 'arithmetic'],
    ['OneHotEncoder', 'columns'],
    ['Pipeline', 'container'],
    ['Mystery', 'other'],
  ])('%s is of the family %s', (op, family) => {
    expect(familyOf(op)).toBe(family)
  })

  it('are told by the name without dialect and domain', () => {
    expect(shortOp('onnx.ai.onnx.ml.Scaler', 'onnx')).toBe('Scaler')
    expect(shortOp('keras.Dense', 'keras')).toBe('Dense')
    expect(shortOp('ml.linear', 'hub')).toBe('ml.linear')
  })
})
