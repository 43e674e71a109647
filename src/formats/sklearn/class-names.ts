import { isNode } from '../../encodings/pickle/values.ts'
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
 * `sklearn.linear_model._logistic.LogisticRegression` (0.22) are both `sklearn.LogisticRegression`. A class of the
 * user's own is the one that it says it extends.
 */
export function operatorOf(view: PyView): string {
  const [module, className] = baseClass(view) ?? [view.module, view.className]
  const name = `${module.split('.')[0]}.${className}`
  return RENAMED[name] ?? name
}

/** sklearn2pmml's `pmml_base_class_`: the class itself, or its path, of which an estimator of the user's own is a subclass. */
function baseClass(view: PyView): [module: string, className: string] | undefined {
  const base = view.isKind('object') ? view.optional('pmml_base_class_')?.value : undefined
  const path = typeof base === 'string' ? base : isNode(base, 'global') ? base.path : undefined
  const dot = path?.lastIndexOf('.') ?? -1
  return path === undefined || dot < 0 ? undefined : [path.slice(0, dot), path.slice(dot + 1)]
}

/** Whether an object is of a package of estimators, or a user's own estimator. */
export const isModelClass = (view: PyView): boolean => isModelPackage(view) || isOwnClass(view)

const isModelPackage = (view: PyView): boolean => MODEL_PACKAGES.has(view.module.split('.')[0] ?? '')

/** Packages that put models into objects of their own, or whose objects only look like estimators. */
const OTHER_PACKAGES = /^(numpy|pandas|scipy|builtins|collections|joblib)$/

/**
 * Whether an estimator is of a class of the user's own, whose code is not in the file: it says what it extends, or has
 * what training leaves, attributes that end in `_`, or the steps of a pipeline.
 */
export function isOwnClass(view: PyView): boolean {
  if (isModelPackage(view) || OTHER_PACKAGES.test(view.module.split('.')[0] ?? '')) return false
  return view.attributes().some(([name, value]) => FITTED.test(name) || (name === 'steps' && value.isKind('list')))
}

const FITTED = /^[A-Za-z]\w*[A-Za-z0-9]_$/
