import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { Fact } from '../../../core/source-model.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { operatorOf } from '../class-names.ts'
import type { FoundModel } from './find-model.ts'
import type { LoadedPickle } from './load-pickle.ts'
import { membersOf } from './members.ts'

/** The first `_sklearn_version` in a tree of estimators: a wrapper of another package has none of its own. */
export function sklearnVersion(estimator: PyView, depth = 0): string | undefined {
  const own = estimator.isKind('object') ? estimator.optional('_sklearn_version') : undefined
  if (own) return String(own.value)
  if (depth > 5) return undefined
  for (const { estimator: member } of membersOf(estimator)) {
    const found = sklearnVersion(member, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

export function versionsOf(model: PyView, { pickle, isJoblib }: LoadedPickle): Fact[] {
  const version = sklearnVersion(model)
  const modules = new Set(pickle.safety.globals.map(({ module }) => module))
  const numpy = [...modules].some((module) => module.startsWith('numpy._core')) ? '2' : '1'
  const usesNumpy = [...modules].some((module) => module.startsWith('numpy'))
  return [
    ...(version === undefined ? [] : [{ name: 'scikit-learn', value: version }]),
    { name: isJoblib ? 'pickle protocol in joblib' : 'pickle protocol', value: String(pickle.protocol) },
    ...(usesNumpy ? [{ name: 'NumPy', value: numpy }] : []),
  ]
}

export function fileFacts({ compression, size }: LoadedPickle, found: string | undefined): Fact[] {
  return [
    ...(compression === undefined
      ? []
      : [
          { name: 'compression', value: compression },
          { name: 'decompressed bytes', value: String(size) },
        ]),
    ...(found === undefined ? [] : [{ name: 'found in', value: found }]),
  ]
}

/** What targets can carry along. */
export function metadataOf(model: PyView): Record<string, string> {
  const version = sklearnVersion(model)
  return { estimator: operatorOf(model), ...(version === undefined ? {} : { producer: `scikit-learn ${version}` }) }
}

/** What a user should know before converting. */
export function modelWarnings({ model, wrapper }: FoundModel): Diagnostic[] {
  const version = sklearnVersion(model)
  const isPreRelease = version !== undefined && /dev|rc|[ab]\d/.test(version)
  const hint = 'Compare its answers after converting.'
  return [
    ...(isPreRelease
      ? [info('pre-release', `The model was trained with scikit-learn ${version}, a pre-release`, hint)]
      : []),
    ...(wrapper === undefined
      ? []
      : [info('wrapped-model', `The model stands in a ${wrapper}: what that does around it is not in the file`, hint)]),
  ]
}

const info = (code: string, message: string, hint: string): Diagnostic => ({
  severity: 'info',
  code,
  message,
  hint,
  origin: [],
})
