import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import { int64 } from '../../../../../core/ir/tensor.ts'
import { apply, column, number } from '../../../../../core/ops/ml/expression.ts'
import { type LowerContext, mlLowering, type OnnxLowering } from '../../lowering.ts'
import { classLabels, numberList, stringList } from './ml-attributes.ts'
import { asFloat32, columnCount, knownColumnCount, matrixInput } from './ml-inputs.ts'

/** One value for each column: given so, or one for all. */
function perColumn(values: readonly number[], columns: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, i) => (values.length === 1 ? values[0] : values[i]) as number)
}

/** scaler.cc: (x − offset) · scale. */
function scaler(node: Node, ctx: LowerContext): void {
  const x = matrixInput(node, ctx)
  const columns = columnCount(x, ctx)
  const attributes = {
    center: perColumn(numberList(node.attributes, 'offset') ?? [0], columns),
    factor: perColumn(numberList(node.attributes, 'scale') ?? [1], columns),
  }
  ctx.result(node, asFloat32(ctx.hub.ml('ml.scale', [x], attributes, { label: node.label ?? node.id }), ctx))
}

/** imputer.cc: the value to replace is 0 unless stated; NaN means missing. */
function imputer(node: Node, ctx: LowerContext): void {
  const x = matrixInput(node, ctx)
  const columns = columnCount(x, ctx)
  const integers = numberList(node.attributes, 'imputed_value_int64s') ?? []
  const values = integers.length > 0 ? integers : (numberList(node.attributes, 'imputed_value_floats') ?? [])
  const replaced = Number(node.attributes[integers.length > 0 ? 'replaced_value_int64' : 'replaced_value_float'] ?? 0)
  const attributes = {
    ...(Number.isNaN(replaced) ? {} : { missingValue: replaced }),
    replacements: Array.from(perColumn(values, columns)),
  }
  ctx.result(node, ctx.hub.ml('ml.impute', [x], attributes, { label: node.label ?? node.id }))
}

/** onehotencoder.cc: a new last axis with one slot for each category; numbers are cut to integers before. */
function oneHotEncoder(node: Node, ctx: LowerContext): void {
  if (node.attributes['zeros'] === 0) {
    ctx.note('approximate', 'unknown-categories', 'unknown categories give zeros, where ONNX Runtime would stop')
  }
  const strings = stringList(node.attributes, 'cats_strings')
  const keys: readonly Category[] = strings?.length ? strings : (numberList(node.attributes, 'cats_int64s') ?? [])
  const x = ctx.input(node, 0)
  const isVector = ctx.type(x).shape?.length === 1
  const table = isVector ? ctx.hub.op('Unsqueeze', [x, ctx.hub.int64([1])]) : x
  const columns = columnCount(table, ctx)
  const encoding = {
    keys,
    slots: keys.map((_, i) => i),
    size: keys.length,
    unknownSlot: -1,
    missingSlot: typeof keys[0] === 'string' ? keys.indexOf('') : -1,
  }
  const source = strings?.length ? table : ctx.cast(table, 'int64')
  const encodings = Array.from({ length: columns }, () => encoding)
  const flat = asFloat32(ctx.hub.ml('ml.oneHot', [source], { encodings }, { label: node.label ?? node.id }), ctx)
  if (isVector) return ctx.result(node, flat)
  ctx.result(node, ctx.hub.op('Reshape', [flat, ctx.hub.int64([-1, columns, keys.length])]))
}

/** binarizer.cc: 1 where x > threshold, of x's own type. */
function binarizer(node: Node, ctx: LowerContext): void {
  const x = ctx.input(node, 0)
  const dtype = ctx.type(x).dtype ?? 'float32'
  const columns = knownColumnCount(x, ctx)
  if (columns !== undefined) {
    const expressions = Array.from({ length: columns }, (_, i) =>
      apply('threshold', column(i), number(Number(node.attributes['threshold'] ?? 0))),
    )
    const binary = ctx.hub.ml('ml.expression', [x], { expressions, type: 'number' }, { label: node.label ?? node.id })
    return ctx.result(node, ctx.cast(binary, dtype))
  }
  const threshold = ctx.cast(ctx.hub.float64([Number(node.attributes['threshold'] ?? 0)], []), dtype)
  ctx.result(node, ctx.cast(ctx.hub.op('Greater', [x, threshold]), dtype))
}

/** normalizer.cc: rows divided by their largest element, sum of magnitudes or length; by 1 where that is 0. */
function normalizer(node: Node, ctx: LowerContext): void {
  const x = asFloat32(matrixInput(node, ctx), ctx)
  const axes = ctx.hub.int64([-1])
  const norm = String(node.attributes['norm'] ?? 'MAX')
  const reduction = { MAX: 'ReduceMax', L1: 'ReduceL1', L2: 'ReduceL2' }[norm]
  if (reduction === undefined) return ctx.block(`its norm ${norm} is unknown`)
  const size = ctx.hub.op(reduction, [x, axes], { keepdims: 1 })
  const isZero = ctx.hub.op('Equal', [size, ctx.hub.float32([0], [])])
  const divisor = ctx.hub.op('Where', [isZero, ctx.hub.float32([1], []), size])
  ctx.result(node, ctx.hub.op('Div', [x, divisor], {}, { label: node.label ?? node.id }))
}

/** array_feature_extractor.cc: elements of the last axis; a vector counts as one row. */
function arrayFeatureExtractor(node: Node, ctx: LowerContext): void {
  const x = ctx.input(node, 0)
  const indices = ctx.input(node, 1)
  const isFlat = ctx.type(indices).shape?.length === 1
  const flat = isFlat ? indices : ctx.hub.op('Reshape', [indices, ctx.hub.int64([-1])])
  const taken = ctx.hub.op('Gather', [x, flat], { axis: -1 }, { label: node.label ?? node.id })
  const isVector = ctx.type(x).shape?.length === 1
  ctx.result(node, isVector ? ctx.hub.op('Unsqueeze', [taken, ctx.hub.int64([0])]) : taken)
}

/** feature_vectorizer.cc: columns side by side as float32. */
function featureVectorizer(node: Node, ctx: LowerContext): void {
  const columns = ctx.inputs(node).map((value): ValueName => {
    const isVector = ctx.type(value).shape?.length === 1
    return asFloat32(isVector ? ctx.hub.op('Unsqueeze', [value, ctx.hub.constant(int64([1]))]) : value, ctx)
  })
  ctx.result(node, ctx.hub.op('Concat', columns, { axis: 1 }, { label: node.label ?? node.id }))
}

/** The map from label to probability is left out: the probabilities stay a tensor. */
function zipMap(node: Node, ctx: LowerContext): void {
  const labels = classLabels(node.attributes)
  ctx.note(
    'info',
    'zipmap-dropped',
    `the probabilities stay a tensor with a column for each of ${labels.length} labels`,
  )
  ctx.result(node, ctx.hub.op('Identity', [ctx.input(node, 0)], {}, { label: node.label ?? node.id }))
}

/** Column transforms of ai.onnx.ml, as ONNX Runtime's kernels of the same names compute them. */
export const transformerLowerings: readonly OnnxLowering[] = [
  mlLowering('Scaler', ['ml.scale', 'Cast', 'Unsqueeze'], scaler),
  mlLowering('Imputer', ['ml.impute', 'Unsqueeze'], imputer),
  mlLowering('OneHotEncoder', ['ml.oneHot', 'Cast', 'Reshape', 'Unsqueeze'], oneHotEncoder),
  mlLowering('Binarizer', ['ml.expression', 'Greater', 'Cast'], binarizer),
  mlLowering(
    'Normalizer',
    ['ReduceMax', 'ReduceL1', 'ReduceL2', 'Equal', 'Where', 'Div', 'Cast', 'Unsqueeze'],
    normalizer,
  ),
  mlLowering('ArrayFeatureExtractor', ['Gather', 'Reshape', 'Unsqueeze'], arrayFeatureExtractor),
  mlLowering('FeatureVectorizer', ['Concat', 'Cast', 'Unsqueeze'], featureVectorizer),
  mlLowering('ZipMap', ['Identity'], zipMap),
]
