import type { NodeView } from '../worker/graph-view.ts'

/** What kind of thing an operator does: its colour in the drawing. */
export const families = [
  'weights',
  'trees',
  'activation',
  'normalisation',
  'pooling',
  'arithmetic',
  'shape',
  'columns',
  'container',
  'other',
] as const

export type Family = (typeof families)[number]

/** The first pattern that an operator's short name matches decides. */
const PATTERNS: readonly (readonly [Family, RegExp])[] = [
  ['trees', /tree|forest|boosting|isolation|lgbm|xgb|catboost|bagging|^leaf$/i],
  ['pooling', /pool|^(reduce|argmax|argmin|topk|cumsum)|upsampl|resize/i],
  ['normalisation', /norm(?!alizer)|dropout|^lrn$/i],
  ['weights', /conv|dense|gemm|matmul|linear|logistic|ridge|lasso|elastic|sgd|svm|svc|svr|mlp|perceptron|embedding/i],
  ['weights', /lstm|gru|rnn|attention|regress|bayes|kmeans|cluster|neighbors|kernel|einsum|discriminant|pca|svd/i],
  ['activation', /relu|sigmoid|tanh|softmax|softplus|softsign|elu|gelu|swish|mish|activation|^erf$|^ml\.(link|label)/i],
  ['columns', /scaler?$|imput|encod|binariz|discretiz|vectoriz|normalizer|^ml\./i],
  ['columns', /columntransformer|tfidf|tokeniz|select|mapper|domain|polynomial|expression|label|featureextractor/i],
  ['shape', /reshape|flatten|transpose|squeeze|permute|concat|split|slice|gather|scatter|pad|crop|expand|tile|shape/i],
  ['shape', /repeat|cast|identity|constant|range|onehot|where|stack|inputlayer|dictvector|zipmap|size$/i],
  [
    'container',
    /pipeline|union|functional|sequential|^model$|mining|^(if|loop|scan)$|timedistributed|bidirectional|_branch$/i,
  ],
  ['arithmetic', /^(add|sub|mul|div|pow|sqrt|exp|log|neg|abs|min|max|sum|mean|clip|floor|ceil|round|mod|sin|cos)/i],
  ['arithmetic', /^(equal|greater|less|and|or|not|xor|isnan|isinf|sign|reciprocal|average|multiply|subtract|dot|det)/i],
]

/**
 * @param op the operator's short name, see `shortOp`
 * @param isContainer whether it holds other nodes: a forest is a container too, but trees first of all
 */
export function familyOf(op: string, isContainer = false): Family {
  return PATTERNS.find(([, pattern]) => pattern.test(op))?.[0] ?? (isContainer ? 'container' : 'other')
}

/** The colours of tones, in turn. */
const TONES = ['weights', 'activation', 'trees', 'normalisation', 'arithmetic', 'columns', 'pooling'] as const

/** A node's colour: the one that it asks for, or its operator's. */
export function colourOf({ tone, op }: Pick<NodeView, 'tone' | 'op'>, dialect: string, isContainer: boolean): Family {
  const own = tone === undefined ? undefined : TONES[tone % TONES.length]
  return own ?? familyOf(shortOp(op, dialect), isContainer)
}

/** What a node is called in the drawing: its title, or else the operator's short name. */
export function titleOf({ title, op }: Pick<NodeView, 'title' | 'op'>, dialect: string): string {
  return title ?? shortOp(op, dialect)
}

/** `onnx.ai.onnx.ml.Scaler` in the dialect `onnx` → `Scaler`; hub operators keep their name. */
export function shortOp(op: string, dialect: string): string {
  const own = op.startsWith(`${dialect}.`) ? op.slice(dialect.length + 1) : op
  return own.startsWith('ai.onnx.ml.') ? own.slice('ai.onnx.ml.'.length) : own
}
