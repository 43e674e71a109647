import type { DType } from '../../../../../core/ir/dtype.ts'
import type { Attributes, Node } from '../../../../../core/ir/graph.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import type { Tensor } from '../../../../../core/ir/tensor.ts'
import { column } from '../../../../../core/ops/ml/expression.ts'
import { type LowerContext, mlLowering, type OnnxLowering } from '../../lowering.ts'
import { numberList, stringList, tensorElements } from './ml-attributes.ts'

interface Table {
  readonly keys: readonly Category[]
  readonly values: readonly Category[]
  readonly otherwise: Category
  /** The element type of the results. */
  readonly dtype: DType
}

/** Keys or values by whichever attribute of LabelEncoder-2 or -4 has them. */
function listOf(
  attributes: Attributes,
  prefix: 'keys' | 'values',
): { list: readonly Category[]; dtype: DType } | undefined {
  const strings = stringList(attributes, `${prefix}_strings`)
  if (strings) return { list: strings, dtype: 'string' }
  const integers = numberList(attributes, `${prefix}_int64s`)
  if (integers) return { list: integers, dtype: 'int64' }
  const floats = numberList(attributes, `${prefix}_floats`)
  if (floats) return { list: floats, dtype: 'float32' }
  const elements = tensorElements(attributes, `${prefix}_tensor`)
  const tensor = attributes[`${prefix}_tensor`] as Tensor | undefined
  return elements && tensor ? { list: elements, dtype: tensor.dtype } : undefined
}

/** The default of LabelEncoder-2 and -4 for a type of values (onnx.defs). */
function defaultOf(attributes: Attributes, dtype: DType): Category {
  const [stated] = tensorElements(attributes, 'default_tensor') ?? []
  if (stated !== undefined) return stated
  if (dtype === 'string') return String(attributes['default_string'] ?? '_Unused')
  if (dtype === 'int64') return Number(attributes['default_int64'] ?? -1)
  return Number(attributes['default_float'] ?? 0)
}

/** LabelEncoder-1 and CategoryMapper: strings to integers or back, by the type of the input. */
function stringsAndIntegers(
  node: Node,
  ctx: LowerContext,
  strings: readonly string[],
  integers: readonly number[],
): Table {
  const a = node.attributes
  if (ctx.type(ctx.input(node, 0)).dtype === 'string') {
    return { keys: strings, values: integers, otherwise: Number(a['default_int64'] ?? -1), dtype: 'int64' }
  }
  return { keys: integers, values: strings, otherwise: String(a['default_string'] ?? '_Unused'), dtype: 'string' }
}

function labelEncoderTable(node: Node, ctx: LowerContext): Table {
  const classes = stringList(node.attributes, 'classes_strings')
  if (classes) return stringsAndIntegers(node, ctx, classes, [...classes.keys()])
  const keys = listOf(node.attributes, 'keys')
  const values = listOf(node.attributes, 'values')
  if (!keys || !values) return ctx.block('it lacks keys or values')
  return {
    keys: keys.list,
    values: values.list,
    otherwise: defaultOf(node.attributes, values.dtype),
    dtype: values.dtype,
  }
}

/** What stands for a missing value in a table: '' or NaN are keys like any other. */
function missingEntry({ keys, values, otherwise }: Table): Category {
  const at = keys.findIndex((key) => key === '' || Number.isNaN(key))
  return values[at] ?? otherwise
}

/** Every element through the table, whatever the shape. */
function lookUp(node: Node, ctx: LowerContext, table: Table): void {
  const x = ctx.input(node, 0)
  const shape = ctx.type(x).shape
  const width = shape?.length === 2 ? shape[1] : undefined
  const isTable = typeof width === 'number'
  const flat = isTable ? x : ctx.hub.op('Reshape', [x, ctx.hub.int64([-1, 1])])
  const type = table.dtype === 'string' ? 'string' : 'number'
  const expressions = Array.from(
    { length: isTable ? width : 1 },
    (_, i) =>
      ({
        kind: 'lookup' as const,
        arg: column(i),
        keys: table.keys.filter((key) => key !== '' && !Number.isNaN(key)),
        values: table.values.filter((_, k) => table.keys[k] !== '' && !Number.isNaN(table.keys[k])),
        defaultValue: table.otherwise,
        mapMissingTo: missingEntry(table),
        type,
      }) as const,
  )
  const found = ctx.hub.ml('ml.expression', [flat], { expressions, type }, { label: node.label ?? node.id })
  const typed = ctx.cast(found, table.dtype)
  ctx.result(node, isTable ? typed : ctx.hub.op('Reshape', [typed, ctx.hub.op('Shape', [x])]))
}

function categoryMapper(node: Node, ctx: LowerContext): void {
  const strings = stringList(node.attributes, 'cats_strings') ?? []
  const integers = numberList(node.attributes, 'cats_int64s') ?? []
  lookUp(node, ctx, stringsAndIntegers(node, ctx, strings, integers))
}

const PRODUCES = ['ml.expression', 'Cast', 'Reshape', 'Shape']

/** Tables from keys to values (label_encoder.cc, category_mapper.cc). */
export const labelEncoderLowerings: readonly OnnxLowering[] = [
  mlLowering('LabelEncoder', PRODUCES, (node, ctx) => lookUp(node, ctx, labelEncoderTable(node, ctx))),
  mlLowering('CategoryMapper', PRODUCES, categoryMapper),
]
