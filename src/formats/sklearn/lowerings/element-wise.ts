import { UnsupportedError } from '../../../core/errors.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import { isNode, type PyValue } from '../../../encodings/pickle/values.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, numericMatrix, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { derivedFromAny, mapped } from './derived-columns.ts'
import { flag, num, requireSetting, vector } from './estimator.ts'

const signOf = (x: Expression): Expression =>
  apply('-', apply('greaterThan', x, number(0)), apply('lessThan', x, number(0)))

/** Functions of numpy that a FunctionTransformer may name, as expressions of their argument. */
export const NUMPY_FUNCTIONS: Readonly<Record<string, (x: Expression) => Expression>> = {
  log: (x) => apply('ln', x),
  log1p: (x) => apply('ln1p', x),
  log10: (x) => apply('log10', x),
  log2: (x) => apply('/', apply('ln', x), number(Math.LN2)),
  exp: (x) => apply('exp', x),
  expm1: (x) => apply('expm1', x),
  sqrt: (x) => apply('sqrt', x),
  cbrt: (x) => apply('pow', x, number(1 / 3)),
  square: (x) => apply('*', x, x),
  abs: (x) => apply('abs', x),
  absolute: (x) => apply('abs', x),
  fabs: (x) => apply('abs', x),
  negative: (x) => apply('-', number(0), x),
  positive: (x) => x,
  reciprocal: (x) => apply('/', number(1), x),
  sign: (x) => signOf(x),
  floor: (x) => apply('floor', x),
  ceil: (x) => apply('ceil', x),
  trunc: (x) => apply('if', apply('lessThan', x, number(0)), apply('ceil', x), apply('floor', x)),
  rint: (x) => apply('rint', x),
  round: (x) => apply('rint', x),
  sin: (x) => apply('sin', x),
  cos: (x) => apply('cos', x),
  tan: (x) => apply('tan', x),
  arcsin: (x) => apply('asin', x),
  arccos: (x) => apply('acos', x),
  arctan: (x) => apply('atan', x),
  sinh: (x) => apply('sinh', x),
  cosh: (x) => apply('cosh', x),
  tanh: (x) => apply('tanh', x),
  degrees: (x) => apply('*', x, number(180 / Math.PI)),
  rad2deg: (x) => apply('*', x, number(180 / Math.PI)),
  radians: (x) => apply('*', x, number(Math.PI / 180)),
  deg2rad: (x) => apply('*', x, number(Math.PI / 180)),
  isnan: (x) => apply('isMissing', x),
  logical_not: (x) => apply('equal', x, number(0)),
  arcsinh: (x) =>
    apply(
      '*',
      signOf(x),
      apply('ln', apply('+', apply('abs', x), apply('sqrt', apply('+', apply('*', x, x), number(1))))),
    ),
  exp2: (x) => apply('pow', number(2), x),
  isfinite: (x) => apply('and', apply('isNotMissing', x), apply('lessThan', apply('abs', x), number(Infinity))),
  nan_to_num: (x) => apply('if', apply('isMissing', x), number(0), x),
  expit: (x) => apply('/', number(1), apply('+', number(1), apply('exp', apply('-', number(0), x)))),
  logit: (x) => apply('ln', apply('/', x, apply('-', number(1), x))),
  float32: (x) => apply('x-float', x),
  float64: (x) => x,
}

/** `numpy.log1p`: a name, or the ufunc made of one; undefined for None and mere checks. Throws UnsupportedError for other functions. */
export function functionNamed(view: PyView | undefined): ((x: Expression) => Expression) | undefined {
  if (view === undefined || view.isNone) return undefined
  const { module, name } = functionName(view.value)
  // Histogram boosting checks its numeric columns in a step of its own.
  if (module.startsWith('sklearn.') && name === 'check_array') return undefined
  const found =
    /^(numpy|scipy\.special)\b/.test(module) && Object.hasOwn(NUMPY_FUNCTIONS, name) ? NUMPY_FUNCTIONS[name] : undefined
  if (found) return found
  throw new UnsupportedError(`The function ${module}.${name} can not be converted`, {
    hint: `Functions of numpy that can be: ${Object.keys(NUMPY_FUNCTIONS).join(', ')}.`,
  })
}

function functionName(value: PyValue | undefined): { module: string; name: string } {
  if (isNode(value, 'global')) return { module: value.module, name: value.name }
  if (isNode(value, 'object') && value.classPath === 'functools.partial') return functionName(value.args[0])
  // numpy.core._ufunc_reconstruct(module, name)
  if (isNode(value, 'object') && value.className === '_ufunc_reconstruct') {
    return { module: String(value.args[0]), name: String(value.args[1]) }
  }
  return { module: isNode(value, 'object') ? value.classPath : 'an', name: 'unnamed function' }
}

function functionTransformer(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const fn = functionNamed(transformer.optional('func'))
  if (transformer.optional('kw_args')?.dict().size) {
    throw new UnsupportedError('A FunctionTransformer with kw_args can not be converted')
  }
  return fn ? mapped(ctx, columns, (i) => fn(column(i))) : columns
}

/** Beyond this many columns, one operator over the matrix instead of an expression for each column. */
const WIDE = 64

/** x > threshold, as 1 and 0 (sklearn.preprocessing.binarize). */
export function binarized(ctx: LoweringContext, columns: Columns, threshold: number): Columns {
  if (columns.length <= WIDE) return mapped(ctx, columns, (i) => apply('greaterThan', column(i), number(threshold)))
  const matrix = ctx.cast(numericMatrix(ctx, columns), 'float64')
  const above = ctx.builder.op('Greater', [matrix, ctx.builder.float64([threshold], [])])
  return columnsOf(ctx, ctx.cast(above, 'float64'))
}

/** Each row divided by its norm; rows of zeros stay. */
function normalizer(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const norm = requireSetting(transformer, 'norm', ['l1', 'l2', 'max'], 'l2')
  return normalized(ctx, columns, norm as 'l1' | 'l2' | 'max')
}

export function normalized(ctx: LoweringContext, columns: Columns, norm: 'l1' | 'l2' | 'max'): Columns {
  if (columns.length > WIDE) return normalizedMatrix(ctx, columns, norm)
  const terms = columns.map((_, i) => {
    const x = column(i)
    return norm === 'l2' ? apply('*', x, x) : apply('abs', x)
  })
  const total = apply(norm === 'max' ? 'max' : 'sum', ...terms)
  const size = norm === 'l2' ? apply('sqrt', total) : total
  const length = derivedFromAny(ctx, columns, [apply('if', apply('equal', size, number(0)), number(1), size)])
  const expressions = columns.map((_, i) => apply('/', column(i), column(columns.length)))
  return derivedFromAny(ctx, [...columns, ...length], expressions)
}

function normalizedMatrix(ctx: LoweringContext, columns: Columns, norm: 'l1' | 'l2' | 'max'): Columns {
  const { builder } = ctx
  const matrix = ctx.cast(numericMatrix(ctx, columns), 'float64')
  const axes = builder.int64([1])
  const size =
    norm === 'max'
      ? builder.op('ReduceMax', [builder.op('Abs', [matrix]), axes], { keepdims: 1 })
      : builder.op(norm === 'l1' ? 'ReduceL1' : 'ReduceL2', [matrix, axes], { keepdims: 1 })
  const isZero = builder.op('Equal', [size, builder.float64([0], [])])
  const divisor = builder.op('Where', [isZero, builder.float64([1], []), size])
  return columnsOf(ctx, builder.op('Div', [matrix, divisor]))
}

/** scipy.special.boxcox and scipy.stats.yeojohnson, as scikit-learn calls them. */
function power(x: Expression, lambda: number, method: string): Expression {
  const scaled = (log: Expression, l: number): Expression =>
    Math.abs(l) < Number.EPSILON ? log : apply('/', apply('expm1', apply('*', number(l), log)), number(l))
  if (method === 'box-cox') return scaled(apply('ln', x), lambda)
  const positive = scaled(apply('ln1p', x), lambda)
  const negative = apply('-', number(0), scaled(apply('ln1p', apply('-', number(0), x)), 2 - lambda))
  return apply('if', apply('greaterOrEqual', x, number(0)), positive, negative)
}

function powerTransformer(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const method = requireSetting(transformer, 'method', ['box-cox', 'yeo-johnson'], 'yeo-johnson')
  const lambdas = vector(transformer.attr('lambdas_'))
  const powers = mapped(ctx, columns, (i) => power(column(i), lambdas[i] as number, method))
  return flag(transformer, 'standardize', true) ? ctx.transform(transformer.attr('_scaler'), powers) : powers
}

/** Products of columns by their powers, in the order of PolynomialFeatures._combinations. */
function polynomial(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const [low, high] = degreeRange(transformer)
  const onlyDistinct = flag(transformer, 'interaction_only', false)
  const combinations: number[][] = flag(transformer, 'include_bias', true) ? [[]] : []
  for (let degree = Math.max(1, low); degree <= high; degree++) {
    combine(columns.length, degree, onlyDistinct, [], combinations)
  }
  const expressions = combinations.map((indices) =>
    indices.length === 0 ? number(1) : indices.map((i) => column(i)).reduce((a, b) => apply('*', a, b)),
  )
  return derivedFromAny(ctx, columns, expressions)
}

function degreeRange(transformer: PyView): [number, number] {
  const degree = transformer.attr('degree')
  if (!degree.isKind('tuple') && !degree.isKind('list')) return [0, degree.integer()]
  return [degree.item(0).integer(), degree.item(1).integer()]
}

function combine(
  count: number,
  left: number,
  onlyDistinct: boolean,
  chosen: readonly number[],
  into: number[][],
): void {
  if (left === 0) {
    into.push([...chosen])
    return
  }
  const last = chosen.at(-1)
  for (let i = last === undefined ? 0 : onlyDistinct ? last + 1 : last; i < count; i++) {
    combine(count, left - 1, onlyDistinct, [...chosen, i], into)
  }
}

export const elementWise: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.FunctionTransformer',
    produces: [...TABLE_OPS, 'ml.expression'],
    transform: functionTransformer,
  },
  {
    operator: 'sklearn.Binarizer',
    produces: [...TABLE_OPS, 'ml.expression', 'Greater'],
    transform: (ctx, estimator, columns) => binarized(ctx, columns, num(estimator, 'threshold', 0)),
  },
  {
    operator: 'sklearn.Normalizer',
    produces: [...TABLE_OPS, 'ml.expression', 'Abs', 'ReduceMax', 'ReduceL1', 'ReduceL2', 'Equal', 'Where', 'Div'],
    transform: normalizer,
  },
  {
    operator: 'sklearn.PowerTransformer',
    produces: [...TABLE_OPS, 'ml.expression', 'ml.scale'],
    transform: powerTransformer,
  },
  { operator: 'sklearn.PolynomialFeatures', produces: [...TABLE_OPS, 'ml.expression'], transform: polynomial },
]
