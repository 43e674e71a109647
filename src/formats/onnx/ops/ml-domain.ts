import type { TypeRules } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Dim, ValueType } from '../../../core/ir/types.ts'
import type { InferContext } from '../../../core/ops/spec.ts'

const rows = (ctx: InferContext): Dim => ctx.inputs[0]?.shape?.[0] ?? null

function rule(op: string, infer: (ctx: InferContext) => ValueType[]): TypeRules {
  return { op: `ai.onnx.ml.${op}`, infer }
}

function length(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null && 'length' in value ? Number(value.length) : undefined
}

const isDouble = (ctx: InferContext): DType => (ctx.inputs[0]?.dtype === 'float64' ? 'float64' : 'float32')

/** The type of the labels that a classifier, by its `classlabels_*` or `classlabels_*s` attributes, gives. */
function classLabels(ctx: InferContext): { dtype: DType; count: number | null } {
  const a = ctx.attributes
  const text = length(a['classlabels_strings'])
  if (text) return { dtype: 'string', count: text }
  return { dtype: 'int64', count: length(a['classlabels_int64s']) ?? length(a['classlabels_ints']) ?? null }
}

function classifier(ctx: InferContext): ValueType[] {
  const { dtype, count } = classLabels(ctx)
  return [
    { dtype, shape: [rows(ctx)] },
    { dtype: 'float32', shape: [rows(ctx), count] },
  ]
}

function scores(ctx: InferContext, dtype: DType): ValueType[] {
  const targets = Number(ctx.attributes['n_targets'] ?? ctx.attributes['targets'] ?? 1)
  return [{ dtype, shape: [rows(ctx), targets] }]
}

function labelEncoder(ctx: InferContext): ValueType[] {
  const a = ctx.attributes
  const table = a['values_tensor'] as { dtype: DType } | undefined
  const dtype: DType =
    table?.dtype ??
    (length(a['values_strings']) !== undefined
      ? 'string'
      : length(a['values_int64s']) !== undefined
        ? 'int64'
        : length(a['values_floats']) !== undefined
          ? 'float32'
          : ctx.inputs[0]?.dtype === 'string'
            ? 'int64'
            : 'string')
  return [{ dtype, shape: ctx.inputs[0]?.shape ?? null }]
}

function oneHot(ctx: InferContext): ValueType[] {
  const shape = ctx.inputs[0]?.shape
  const count = length(ctx.attributes['cats_strings']) ?? length(ctx.attributes['cats_int64s']) ?? null
  return [{ dtype: 'float32', shape: shape ? [...shape, count] : null }]
}

/**
 * Output types of the operators of domain ai.onnx.ml that take tensors, as ONNX Runtime's kernels give them (1.2x,
 * onnxruntime/core/providers/cpu/ml); attributes by their ONNX names.
 */
export const mlDomainRules: readonly TypeRules[] = [
  rule('ArrayFeatureExtractor', (ctx) => {
    const x = ctx.inputs[0]
    const indices = ctx.inputs[1]?.shape
    const count = indices?.reduce<Dim>((n, d) => (typeof n === 'number' && typeof d === 'number' ? n * d : null), 1)
    const shape = x?.shape
    return [
      {
        dtype: x?.dtype ?? null,
        shape: shape ? [...(shape.length === 1 ? [1] : shape.slice(0, -1)), count ?? null] : null,
      },
    ]
  }),
  rule('Binarizer', (ctx) => [{ dtype: ctx.inputs[0]?.dtype ?? null, shape: ctx.inputs[0]?.shape ?? null }]),
  rule('CategoryMapper', (ctx) => [
    { dtype: ctx.inputs[0]?.dtype === 'string' ? 'int64' : 'string', shape: ctx.inputs[0]?.shape ?? null },
  ]),
  rule('FeatureVectorizer', (ctx) => {
    const widths = ctx.inputs.map((input) => input?.shape?.at(-1))
    const total = widths.every((w) => typeof w === 'number') ? widths.reduce<number>((n, w) => n + Number(w), 0) : null
    return [{ dtype: 'float32', shape: [rows(ctx), total] }]
  }),
  rule('Imputer', (ctx) => [{ dtype: ctx.inputs[0]?.dtype ?? null, shape: ctx.inputs[0]?.shape ?? null }]),
  rule('LabelEncoder', labelEncoder),
  rule('LinearClassifier', classifier),
  rule('LinearRegressor', (ctx) => scores(ctx, 'float32')),
  rule('Normalizer', (ctx) => [{ dtype: 'float32', shape: ctx.inputs[0]?.shape ?? null }]),
  rule('OneHotEncoder', oneHot),
  rule('SVMClassifier', classifier),
  rule('SVMRegressor', (ctx) => scores(ctx, 'float32')),
  rule('Scaler', (ctx) => [{ dtype: 'float32', shape: ctx.inputs[0]?.shape ?? null }]),
  rule('TreeEnsemble', (ctx) => scores(ctx, isDouble(ctx))),
  rule('TreeEnsembleClassifier', classifier),
  rule('TreeEnsembleRegressor', (ctx) => scores(ctx, 'float32')),
  rule('ZipMap', () => [{ dtype: null, shape: null, container: 'sequence' }]),
]
