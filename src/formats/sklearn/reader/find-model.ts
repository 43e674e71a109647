import { UnrecognisedFileError } from '../../../core/errors.ts'
import { describeValue, isNode, type PyValue } from '../../../encodings/pickle/values.ts'
import { PyView } from '../../../encodings/pickle/view.ts'
import { isModelClass } from '../class-names.ts'

/** Containers inside containers: nobody nests a model deeper. */
const MAX_DEPTH = 5
const MAX_ITEMS = 10_000

/** The model of a file, and how it was found when it is not the pickled object itself. */
export interface FoundModel {
  readonly model: PyView
  readonly found?: string
  /** The class of the pickled object, when that is one of the user's own around the model. */
  readonly wrapper?: string
}

/** Methods that only estimators have would need code; attributes tell nearly as much. */
function isEstimator(view: PyView): boolean {
  return view.isKind('object') && isModelClass(view) && !NOT_ESTIMATORS.test(view.className)
}

const NOT_ESTIMATORS = /^(_|Bunch$|Tree$|Interval$|.*Loss$|.*Link$)/

/**
 * The estimator in a pickle: the object itself, or one in a dict, list, tuple, array, pandas Series, or among the
 * attributes of an object, where the last with a `predict` of its own wins over preparing steps: a pipeline first, then
 * what is not a mere transformer. Throws UnrecognisedFileError when there is none.
 */
export function findModel(value: PyValue, name: string): FoundModel {
  const top = new PyView(value)
  if (isEstimator(top)) return { model: top }
  const candidates = [...estimatorsIn(top, 0, new Set())]
  const best = candidates.sort((a, b) => rank(b) - rank(a))[0]
  if (best) {
    return {
      model: new PyView(best.value),
      found: `${best.path.replace(/^model/, 'the pickled object')} (${best.className})`,
      ...(isWrapper(top) ? { wrapper: top.className } : {}),
    }
  }
  throw new UnrecognisedFileError(`${name} is a pickle of ${describe(top)}, not of a scikit-learn model`, {
    hint: 'Nothing in it was executed. Save the fitted estimator or pipeline itself: joblib.dump(model, "model.joblib").',
  })
}

/** Whether an object is neither a container of Python nor one of numpy or pandas. */
const isWrapper = (view: PyView): boolean =>
  isNode(view.value, 'object') && !/^(builtins|collections|numpy|pandas)\b/.test(view.module)

function* estimatorsIn(view: PyView, depth: number, seen: Set<PyValue>): Generator<PyView> {
  if (isEstimator(view)) yield view
  else if (depth < MAX_DEPTH && !seen.has(view.value)) {
    seen.add(view.value)
    for (const item of itemsOf(view)) if (isContainer(item.value)) yield* estimatorsIn(item, depth + 1, seen)
  }
}

/** Plain values hold nothing. */
const isContainer = (value: PyValue): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array)

/** What a container holds, an object of an unknown class by its attributes; nothing where that is damaged. */
function itemsOf(view: PyView): readonly PyView[] {
  const { value } = view
  const values = (entries: readonly [unknown, PyView][]): PyView[] => entries.map(([, item]) => item)
  try {
    if (view.isKind('dict') || (isNode(value, 'object') && value.dictItems !== undefined)) {
      return values(view.entries()).slice(0, MAX_ITEMS)
    }
    if (view.isKind('list') || view.isKind('tuple')) return view.items().slice(0, MAX_ITEMS)
    const array = view.array()
    if (array) return array.type === 'object' ? arrayItems(view, array.data) : []
    if (view.className === 'Series') return view.items().slice(0, MAX_ITEMS)
    return view.isKind('object') ? values(view.attributes()) : []
  } catch {
    return []
  }
}

const arrayItems = (view: PyView, data: readonly PyValue[]): PyView[] =>
  data.slice(0, MAX_ITEMS).map((item, i) => new PyView(item, `${view.path}[${i}]`))

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
