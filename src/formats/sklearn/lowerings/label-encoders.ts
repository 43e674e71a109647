import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, declareInputs, keyedTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { derived } from './derived-columns.ts'
import { categoryFacts, lookup } from './encoders.ts'
import { categories, isMissingValue, num } from './estimator.ts'

function table(ctx: LoweringContext, encoder: PyView, columns: Columns, areValid: boolean) {
  const classes = categories(encoder.attr('classes_'))
  declareInputs(ctx, columns, () => categoryFacts(classes, areValid))
  return { classes, inputs: keyedTable(ctx, columns.slice(0, 1), [classes.isText]) }
}

/** One column per class, or one column for two classes (sklearn/preprocessing/_label.py, label_binarize). */
function labelBinarizer(ctx: LoweringContext, encoder: PyView, columns: Columns): Columns {
  const { classes, inputs } = table(ctx, encoder, columns, false)
  const isBinary = encoder.optional('y_type_')?.value === 'binary' || classes.values.length <= 2
  const encoded = columnsOf(ctx, binarized(ctx, inputs, classes.values, isBinary))
  const [negative, positive] = [num(encoder, 'neg_label', 0), num(encoder, 'pos_label', 1)]
  if (negative === 0 && positive === 1) return encoded
  const scale = {
    factor: new Float64Array(encoded.length).fill(positive - negative),
    shift: new Float64Array(encoded.length).fill(negative),
  }
  return columnsOf(ctx, ctx.builder.ml('ml.scale', [(encoded[0] as { value: string }).value], scale))
}

function binarized(
  ctx: LoweringContext,
  inputs: string[],
  keys: readonly (string | number)[],
  isBinary: boolean,
): string {
  const slots = keys.map((_, i) => (isBinary ? i - 1 : i))
  const size = isBinary ? 1 : keys.length
  return ctx.builder.ml('ml.oneHot', inputs, { encodings: [{ keys, slots, size, unknownSlot: -1, missingSlot: -1 }] })
}

/** The position of a label among the sorted classes. */
function labelEncoder(ctx: LoweringContext, encoder: PyView, columns: Columns): Columns {
  const { classes, inputs } = table(ctx, encoder, columns, true)
  const missing = classes.values.findIndex(isMissingValue)
  const code = missing >= 0 ? missing : Number.NaN
  return derived(ctx, inputs, [lookup(0, classes.values, (position) => position, Number.NaN, code)])
}

/** sklearn2pmml's binarizer: always one column per class, all zeros for a missing value. */
function pmmlLabelBinarizer(ctx: LoweringContext, encoder: PyView, columns: Columns): Columns {
  const { classes, inputs } = table(ctx, encoder, columns, false)
  return columnsOf(ctx, binarized(ctx, inputs, classes.values, false))
}

/** sklearn2pmml's encoder: a missing or unknown value gets the code `missing_values`. */
function pmmlLabelEncoder(ctx: LoweringContext, encoder: PyView, columns: Columns): Columns {
  const { classes, inputs } = table(ctx, encoder, columns, false)
  const missing = num(encoder, 'missing_values', Number.NaN)
  return derived(ctx, inputs, [lookup(0, classes.values, (position) => position, missing, missing)])
}

export const labelEncoders: readonly EstimatorLowering[] = [
  { operator: 'sklearn.LabelBinarizer', produces: [...TABLE_OPS, 'ml.oneHot', 'ml.scale'], transform: labelBinarizer },
  { operator: 'sklearn.LabelEncoder', produces: [...TABLE_OPS, 'ml.expression'], transform: labelEncoder },
  { operator: 'sklearn2pmml.PMMLLabelBinarizer', produces: [...TABLE_OPS, 'ml.oneHot'], transform: pmmlLabelBinarizer },
  { operator: 'sklearn2pmml.PMMLLabelEncoder', produces: [...TABLE_OPS, 'ml.expression'], transform: pmmlLabelEncoder },
]
