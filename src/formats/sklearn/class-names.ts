import type { PyView } from '../../encodings/pickle/view.ts'

/** Classes that were renamed, by the operator name that the old class would have. */
const RENAMED: Readonly<Record<string, string>> = {
  'sklearn.LDA': 'sklearn.LinearDiscriminantAnalysis',
  'sklearn.QDA': 'sklearn.QuadraticDiscriminantAnalysis',
  'sklearn2pmml.PMMLDataFrameMapper': 'sklearn_pandas.DataFrameMapper',
}

/** Packages whose classes are estimators or parts of them. */
const MODEL_PACKAGES: ReadonlySet<string> = new Set(['sklearn', 'sklearn2pmml', 'sklearn_pandas', 'imblearn'])

/**
 * The operator that a class stands for: the package and the class name. Where in the package a class lives is left out,
 * because it moves: `sklearn.linear_model.logistic.LogisticRegression` (0.21) and
 * `sklearn.linear_model._logistic.LogisticRegression` (0.22) are both `sklearn.LogisticRegression`.
 */
export function operatorOf(view: PyView): string {
  const name = `${view.module.split('.')[0]}.${view.className}`
  return RENAMED[name] ?? name
}

export const isModelPackage = (view: PyView): boolean => MODEL_PACKAGES.has(view.module.split('.')[0] ?? '')
