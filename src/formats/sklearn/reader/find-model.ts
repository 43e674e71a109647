import { UnrecognisedFileError } from '../../../core/errors.ts'
import { describeValue, isNode, type PyValue } from '../../../encodings/pickle/values.ts'
import { PyView } from '../../../encodings/pickle/view.ts'
import { isModelPackage } from '../class-names.ts'

/** Containers inside containers: nobody nests a model deeper. */
const MAX_DEPTH = 4
const MAX_ITEMS = 10_000

/** The model of a file, and how it was found when it is not the pickled object itself. */
export interface FoundModel {
  readonly model: PyView
  readonly found?: string
}

/** Methods that only estimators have would need code; attributes tell nearly as much. */
function isEstimator(view: PyView): boolean {
  return view.isKind('object') && isModelPackage(view) && !NOT_ESTIMATORS.test(view.className)
}

const NOT_ESTIMATORS = /^(_|Bunch$|Tree$|Interval$|.*Loss$|.*Link$)/

/**
 * The estimator in a pickle: the object itself, or one in a dict, list or tuple, where the last with a `predict` of its own
 * wins over preparing steps: a pipeline first, then what is not a mere transformer.
 * Throws UnrecognisedFileError when there is none.
 */
export function findModel(value: PyValue, name: string): FoundModel {
  const top = new PyView(value)
  if (isEstimator(top)) return { model: top }
  const candidates = [...estimatorsIn(top, 0)]
  const best = candidates.sort((a, b) => rank(b) - rank(a))[0]
  if (best) {
    return {
      model: new PyView(best.value),
      found: `${best.path.replace(/^model/, 'the pickled object')} (${best.className})`,
    }
  }
  throw new UnrecognisedFileError(`${name} is a pickle of ${describe(top)}, not of a scikit-learn model`, {
    hint: 'Save the fitted estimator or pipeline itself: joblib.dump(model, "model.joblib").',
  })
}

function* estimatorsIn(view: PyView, depth: number): Generator<PyView> {
  if (isEstimator(view)) yield view
  else if (depth < MAX_DEPTH) for (const item of itemsOf(view)) yield* estimatorsIn(item, depth + 1)
}

function itemsOf(view: PyView): PyView[] {
  if (view.isKind('dict') || (isNode(view.value, 'object') && view.value.dictItems !== undefined)) {
    return view
      .entries()
      .slice(0, MAX_ITEMS)
      .map(([, item]) => item)
  }
  if (view.isKind('list') || view.isKind('tuple')) return view.items().slice(0, MAX_ITEMS)
  return []
}

function rank(estimator: PyView): number {
  if (estimator.has('steps')) return 3
  const predicts = [
    'classes_',
    'coef_',
    'estimators_',
    'tree_',
    'support_vectors_',
    'cluster_centers_',
    'best_estimator_',
  ]
  return predicts.some((attribute) => estimator.has(attribute)) ? 2 : 1
}

function describe(view: PyView): string {
  if (view.isKind('dict')) {
    const keys = view
      .entries()
      .slice(0, 5)
      .map(([key]) => (typeof key === 'string' ? key : describeValue(key)))
    return `a dict (keys: ${keys.join(', ')}${view.dict().size > 5 ? ', …' : ''})`
  }
  if (view.className === 'DataFrame') return 'a pandas DataFrame'
  return view.isArray ? 'a numpy array' : `a value of type ${describeValue(view.value)}`
}
