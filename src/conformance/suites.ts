/** One test file's share of the fixtures: the set and the beginnings of its case ids. */
export interface Suite {
  readonly set: string
  readonly prefixes: readonly string[]
}

/** The fixtures in shares of about equal work, a test file each, so that two workers can run them side by side. */
export const SUITES = {
  'onnx-networks': { set: 'onnx/fixtures/nn', prefixes: [''] },
  'onnx-classical': { set: 'onnx/fixtures/ml', prefixes: [''] },
  'pmml-converted': { set: 'pmml/fixtures', prefixes: ['converted/'] },
  'pmml-handwritten': { set: 'pmml/fixtures', prefixes: ['handwritten/'] },
  'sklearn-oldest': { set: 'sklearn/fixtures', prefixes: ['sklearn-1.0/', 'sklearn-1.2/'] },
  'sklearn-newest': { set: 'sklearn/fixtures', prefixes: ['sklearn-1.9/', 'sklearn2pmml/', 'sklearn2pmml-0.95/'] },
  'keras-2': { set: 'keras/fixtures', prefixes: ['keras-2.'] },
  'keras-3': { set: 'keras/fixtures', prefixes: ['keras-3.'] },
} as const satisfies Record<string, Suite>
