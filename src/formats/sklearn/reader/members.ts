import type { PyView } from '../../../encodings/pickle/view.ts'
import { isModelClass } from '../class-names.ts'
import { objectItems } from '../lowerings/object-matrix.ts'

/** An estimator inside another one. */
export interface Member {
  /** A step's name, or the attribute that holds it, with an index in a list. */
  readonly name: string
  readonly estimator: PyView
  /** How it stands to its siblings: after them, beside them, or as a member of an ensemble. */
  readonly role: 'step' | 'branch' | 'member'
  /** What a branch selects of the table. */
  readonly columns?: PyView
}

/** Attributes that hold one fitted estimator. */
const SINGLE = [
  'best_estimator_',
  'estimator_',
  'final_estimator_',
  'regressor_',
  'classifier_',
  'transformer_',
  'init_',
  'selector',
  'controller',
  'predict_transformer',
  'predict_proba_transformer',
  'apply_transformer',
  '_preprocessor',
]

/** Beside the members of an ensemble, the unfitted estimator that they were cloned from. */
const TEMPLATE = 'estimator_'

/** Members are drawn up to this number: a forest of a thousand trees is one node with a few of its trees. */
export const MAX_MEMBERS = 12

const isEstimator = (view: PyView): boolean =>
  view.isKind('object') &&
  isModelClass(view) &&
  !/^(_(?!Calibrated)|Tree|TreePredictor|.*Loss$|Interval|Bunch)/.test(view.className)

function named(list: PyView | undefined, role: Member['role']): Member[] {
  return (list?.items() ?? []).flatMap((item): Member[] => {
    const estimator = item.item(1)
    if (!isEstimator(estimator)) return []
    const columns = role === 'branch' && item.items().length > 2 ? { columns: item.item(2) } : {}
    return [{ name: String(item.item(0).value), estimator, role, ...columns }]
  })
}

/** `features` of a DataFrameMapper: (columns, transformers, options). */
function mapped(mapper: PyView): Member[] {
  const features = mapper.optional('built_features') ?? mapper.optional('features')
  return (features?.items() ?? []).flatMap((feature): Member[] => {
    const [columns, transformers] = [feature.item(0), feature.item(1)]
    const name =
      typeof columns.value === 'string'
        ? columns.value
        : columns
            .items()
            .map((c) => String(c.value))
            .join('+')
    const list = transformers.isKind('list') ? transformers.items() : [transformers]
    return list.filter(isEstimator).map((estimator) => ({ name, estimator, role: 'branch' as const, columns }))
  })
}

/** Lists of members, of which only the first are drawn. */
const LISTS = ['estimators_', 'calibrated_classifiers_']

/** The members of an ensemble that are not drawn. */
export function undrawnMembers(estimator: PyView): PyView[] {
  if (!estimator.isKind('object')) return []
  return LISTS.flatMap((attribute) => {
    const list = estimator.optional(attribute)
    return list ? objectItems(list).slice(MAX_MEMBERS).filter(isEstimator) : []
  })
}

function listed(attribute: string, list: PyView): Member[] {
  const members: Member[] = []
  const visit = (view: PyView, path: string) => {
    if (members.length >= MAX_MEMBERS) return
    if (isEstimator(view)) members.push({ name: path, estimator: view, role: 'member' })
    else if (view.isKind('list') || view.isKind('tuple') || view.array()?.type === 'object') {
      objectItems(view)
        .slice(0, MAX_MEMBERS)
        .forEach((item, i) => {
          visit(item, `${path}[${i}]`)
        })
    }
  }
  visit(list, attribute)
  return members
}

/** The fitted estimators directly inside an estimator. */
export function membersOf(estimator: PyView): Member[] {
  if (!estimator.isKind('object')) return []
  const steps = named(estimator.optional('steps'), 'step')
  if (steps.length > 0) return [...steps, ...singles(estimator)]
  if (estimator.className === 'DataFrameMapper') return mapped(estimator)
  const branches = named(estimator.optional('transformers_') ?? estimator.optional('transformer_list'), 'branch')
  if (branches.length > 0) return branches
  const lists = LISTS.flatMap((attribute) => {
    const list = estimator.optional(attribute)
    return list ? listed(attribute, list) : []
  })
  const own = singles(estimator).filter(({ name }) => lists.length === 0 || name !== TEMPLATE)
  if (lists.length + own.length > 0) return [...lists, ...own]
  return ['base_estimator_', 'estimator', 'base_estimator', 'transformer'].flatMap((attribute) => {
    const member = estimator.optional(attribute)
    return member && isEstimator(member) ? [{ name: attribute, estimator: member, role: 'member' as const }] : []
  })
}

function singles(estimator: PyView): Member[] {
  return SINGLE.flatMap((attribute) => {
    const member = estimator.optional(attribute)
    return member && isEstimator(member) ? [{ name: attribute, estimator: member, role: 'member' as const }] : []
  })
}
