import { UnsupportedError } from '../../../core/errors.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { dictKeys } from './dict-vectorizer.ts'
import { objectItems } from './object-matrix.ts'

/** The model's input columns, as far as the file tells. */
export interface InputColumns {
  readonly names: readonly string[]
  /** Whether the names are the training table's, or made up as `x1`, `x2` …, as JPMML does. */
  readonly named: boolean
}

/** A FunctionTransformer before 1.2 says nothing of its columns; the next step has as many, under the same names. */
const isSilent = (step: PyView): boolean =>
  step.className === 'FunctionTransformer' && !step.has('n_features_in_') && !step.has('feature_names_in_')

/** The estimators that see an estimator's own input first. */
function* firstEstimators(estimator: PyView): Generator<PyView> {
  const steps =
    estimator
      .optional('steps')
      ?.items()
      .map((step) => step.item(1)) ?? []
  const first = steps.find((step) => step.isKind('object') && !isSilent(step))
  if (first) yield first
  for (const name of ['transformers_', 'transformer_list']) {
    for (const branch of estimator.optional(name)?.items() ?? []) yield branch.item(1)
  }
  for (const name of [
    'best_estimator_',
    'estimator_',
    'base_estimator_',
    'regressor_',
    'selector',
    'estimator',
    'transformer_',
  ]) {
    const member = estimator.optional(name)
    if (member) yield member
  }
  const members = estimator.optional('estimators_')
  for (const member of members ? objectItems(members) : []) {
    yield member.isKind('tuple') ? member.item(1) : member
  }
}

const MAX_DEPTH = 20

/** Column names that an estimator or the first one inside it was fitted with. */
function namesIn(estimator: PyView, depth = 0): readonly string[] | undefined {
  if (depth > MAX_DEPTH || !estimator.isKind('object')) return undefined
  const own = estimator.optional('active_fields') ?? estimator.optional('feature_names_in_')
  if (own) return textsOf(own)
  if (estimator.className === 'DataFrameMapper') return mapperColumns(estimator)
  if (estimator.className === 'DictVectorizer') return dictKeys(estimator)
  const all = new Set<string>()
  for (const member of firstEstimators(estimator)) {
    for (const name of namesIn(member, depth + 1) ?? []) all.add(name)
    if (estimator.has('steps') || (all.size > 0 && !estimator.has('transformer_list'))) break
  }
  return all.size > 0 ? [...all] : undefined
}

/** The texts of an array; an array without axes holds one. */
function textsOf(view: PyView): string[] {
  const array = view.array()
  if (array?.shape.length === 0 && array.type !== 'struct') return [String(array.data[0])]
  return view.items().map((item) => String(item.value))
}

/** The columns that a DataFrameMapper selects, each once. */
function mapperColumns(mapper: PyView): readonly string[] {
  const names = mapper
    .attr('features')
    .items()
    .flatMap((feature) => {
      const selection = feature.item(0)
      return typeof selection.value === 'string' ? [selection.value] : selection.strings()
    })
  return [...new Set(names)]
}

/** Number of columns that an estimator or the first one inside it was fitted with. */
function countIn(estimator: PyView, depth = 0): number | undefined {
  if (depth > MAX_DEPTH || !estimator.isKind('object')) return undefined
  const own = estimator.optional('n_features_in_') ?? estimator.optional('n_features_')
  if (own) return own.integer()
  if (READS_ONE_COLUMN.has(estimator.className)) return 1
  for (const member of firstEstimators(estimator)) {
    const found = countIn(member, depth + 1)
    if (found !== undefined) return found
    if (estimator.has('steps')) return undefined
  }
  const coefficients = estimator.optional('coef_') ?? estimator.optional('mean_') ?? estimator.optional('scale_')
  return coefficients?.isArray ? coefficients.float64().shape.at(-1) : undefined
}

/** Estimators that are fitted with a list of texts or labels, or to which one column is as good as any. */
const READS_ONE_COLUMN: ReadonlySet<string> = new Set([
  'DummyClassifier',
  'DummyRegressor',
  'CountVectorizer',
  'TfidfVectorizer',
  'HashingVectorizer',
  'LabelBinarizer',
  'LabelEncoder',
  'IsotonicRegression',
])

/** The model's columns: `active_fields`, `feature_names_in_`, a mapper's columns, else `x1` … */
export function inputColumns(model: PyView): InputColumns {
  const names = namesIn(model)
  if (names) return { names, named: true }
  const count = countIn(model)
  if (count === undefined) {
    throw new UnsupportedError(`The number of columns that ${model.className} was fitted with is not in the file`, {
      hint: 'Fit it with a DataFrame, or inside a pipeline whose first step keeps the number.',
    })
  }
  return { names: Array.from({ length: count }, (_, i) => `x${i + 1}`), named: false }
}

/** The names of the targets: `target_fields` of a PMMLPipeline, else `y`, or `y1`, `y2` … */
export function targetNames(model: PyView, count: number): string[] {
  const fields = model.isKind('object') ? model.optional('target_fields') : undefined
  if (fields) {
    const names = textsOf(fields)
    if (names.length === count) return names
  }
  return count === 1 ? ['y'] : Array.from({ length: count }, (_, i) => `y${i + 1}`)
}
