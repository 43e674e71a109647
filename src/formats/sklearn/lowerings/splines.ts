import { UnsupportedError } from '../../../core/errors.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { derived } from './derived-columns.ts'
import { flag, matrix, requireSetting, text, vector } from './estimator.ts'

/** A spline of degree `degree` over `knots`: Σ coefficients[j] · B_j. */
interface Spline {
  readonly knots: Float64Array
  readonly degree: number
  readonly coefficients: ArrayLike<number>
}

/** One polynomial piece: Σ polynomial[p] · (x − start)^p for start ≤ x < end. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly polynomial: readonly number[]
}

/** The pieces between the base knots t[k] … t[n], by the Cox–de Boor recursion on polynomials of x − start. */
function pieces({ knots, degree, coefficients }: Spline): Piece[] {
  const result: Piece[] = []
  for (let i = degree; i < knots.length - degree - 1; i++) {
    const [start, end] = [knots[i] as number, knots[i + 1] as number]
    if (end > start) result.push({ start, end, polynomial: pieceAt(i, knots, degree, coefficients) })
  }
  return result
}

function pieceAt(interval: number, knots: Float64Array, degree: number, coefficients: ArrayLike<number>): number[] {
  const start = knots[interval] as number
  // basis[j] is B_{interval − d + j} of degree d, as polynomials of u = x − start.
  let basis: number[][] = [[1]]
  for (let d = 1; d <= degree; d++) {
    const next = Array.from({ length: d + 1 }, () => new Array<number>(d + 1).fill(0))
    basis.forEach((polynomial, j) => {
      const left = interval - d + 1 + j
      const [low, high] = [knots[left] as number, knots[left + d] as number]
      const width = high - low
      // The share of B_{left, d−1} rises in B_{left, d} and falls in B_{left − 1, d}.
      polynomial.forEach((value, p) => {
        add(next[j + 1] as number[], p, (value * (start - low)) / width)
        add(next[j + 1] as number[], p + 1, value / width)
        add(next[j] as number[], p, (value * (high - start)) / width)
        add(next[j] as number[], p + 1, -value / width)
      })
    })
    basis = next
  }
  const sum = new Array<number>(degree + 1).fill(0)
  basis.forEach((polynomial, j) => {
    const coefficient = coefficients[interval - degree + j] ?? 0
    polynomial.forEach((value, p) => {
      add(sum, p, coefficient * value)
    })
  })
  return sum
}

function add(polynomial: number[], power: number, value: number): void {
  polynomial[power] = (polynomial[power] ?? 0) + value
}

/** Horner's scheme; a constant piece is a constant. */
function polynomialAt(x: Expression, { start, polynomial }: Piece): Expression {
  const u = apply('-', x, number(start))
  const highest = polynomial.findLastIndex((value) => value !== 0)
  if (highest < 0) return number(0)
  let sum = number(polynomial[highest] as number)
  for (let p = highest - 1; p >= 0; p--) sum = apply('+', apply('*', sum, u), number(polynomial[p] as number))
  return sum
}

const valueAt = ({ start, polynomial }: Piece, x: number): number =>
  polynomial.reduceRight((sum, c) => sum * (x - start) + c, 0)

function slopeAt({ start, polynomial }: Piece, x: number): number {
  return polynomial.reduceRight((sum, c, p) => (p === 0 ? sum : sum * (x - start) + p * c), 0)
}

type Extrapolation = 'continue' | 'constant' | 'linear' | 'missing'

/** The spline as nested conditions over its pieces. */
function splineExpression(x: Expression, spline: Spline, extrapolation: Extrapolation): Expression {
  const all = merged(pieces(spline))
  const [first, last] = [all[0], all.at(-1)]
  if (!first || !last) return number(0)
  let inside = polynomialAt(x, last)
  for (const piece of all.slice(0, -1).reverse()) {
    inside = apply('if', apply('lessThan', x, number(piece.end)), polynomialAt(x, piece), inside)
  }
  if (extrapolation === 'continue') return inside
  const beyond = (piece: Piece, at: number): Expression => {
    if (extrapolation === 'missing') return { kind: 'constant', value: null, type: 'number' }
    const value = number(valueAt(piece, at))
    const slope = slopeAt(piece, at)
    if (extrapolation === 'constant' || slope === 0) return value
    return apply('+', value, apply('*', number(slope), apply('-', x, number(at))))
  }
  const below = apply('if', apply('lessThan', x, number(first.start)), beyond(first, first.start), inside)
  return apply('if', apply('greaterThan', x, number(last.end)), beyond(last, last.end), below)
}

/** Neighbouring pieces that are zero are one. */
function merged(all: readonly Piece[]): Piece[] {
  const result: Piece[] = []
  for (const piece of all) {
    const before = result.at(-1)
    const isZero = (p: Piece) => p.polynomial.every((value) => value === 0)
    if (before && isZero(before) && isZero(piece)) result[result.length - 1] = { ...before, end: piece.end }
    else result.push(piece)
  }
  return result
}

/** SciPy 1.17 put an underscore before the names of the arrays. */
const coefficientsOf = (view: PyView): PyView => view.firstAttr('c', '_c')

/** `scipy.interpolate.BSpline`: knots t, coefficients c, degree k. */
function readSpline(view: PyView): { knots: Float64Array; degree: number; coefficients: ReturnType<typeof matrix> } {
  return {
    knots: vector(view.firstAttr('t', '_t')),
    degree: view.attr('k').integer(),
    coefficients: matrix(coefficientsOf(view)),
  }
}

/** The values of all basis splines of each column (sklearn/preprocessing/_polynomial.py). */
function splineTransformer(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const extrapolation = requireSetting(
    transformer,
    'extrapolation',
    ['constant', 'linear', 'continue', 'error', 'periodic'],
    'constant',
  )
  const bias = flag(transformer, 'include_bias', true)
  const missingIsZero = text(transformer, 'handle_missing', 'error') === 'zeros'
  const expressions = transformer
    .attr('bsplines_')
    .items()
    .flatMap((view, i) => {
      const { knots, degree, coefficients } = readSpline(view)
      const count = coefficients.columns - (bias ? 0 : 1)
      const x = extrapolation === 'periodic' ? periodic(column(i), knots, degree) : column(i)
      return Array.from({ length: count }, (_, j) => {
        const own = Float64Array.from(
          { length: coefficients.rows },
          (_, r) => coefficients.data[r * coefficients.columns + j] as number,
        )
        const how = extrapolation === 'constant' || extrapolation === 'linear' ? extrapolation : 'continue'
        const spline = splineExpression(x, { knots, degree, coefficients: own }, how)
        return missingIsZero ? apply('if', apply('isMissing', column(i)), number(0), spline) : spline
      })
    })
  return derived(ctx, numericTable(ctx, columns), expressions)
}

/** x moved by whole periods into the base interval. */
function periodic(x: Expression, knots: Float64Array, degree: number): Expression {
  const start = knots[degree] as number
  const period = (knots[knots.length - degree - 1] as number) - start
  const moved = apply('-', x, number(start))
  const turns = apply('floor', apply('/', moved, number(period)))
  return apply('-', x, apply('*', turns, number(period)))
}

/** sklearn2pmml's BSplineTransformer: one spline of one column. */
function bsplineTransformer(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const view = transformer.attr('bspline')
  const { knots, degree, coefficients } = readSpline(view)
  const extrapolates = view.optional('extrapolate')
  if (extrapolates?.value === 'periodic') throw new UnsupportedError('A periodic BSpline can not be converted')
  const isOne = coefficientsOf(view).float64().shape.length === 1
  const count = isOne ? 1 : coefficients.columns
  const rows = isOne ? coefficients.columns : coefficients.rows
  const expressions = Array.from({ length: count }, (_, j) => {
    const own = Float64Array.from({ length: rows }, (_, r) => coefficients.data[r * count + j] as number)
    const how = extrapolates?.boolean() === false ? 'missing' : 'continue'
    return splineExpression(column(0), { knots, degree, coefficients: own }, how)
  })
  return derived(ctx, numericTable(ctx, columns.slice(0, 1)), expressions)
}

export const splines: readonly EstimatorLowering[] = [
  { operator: 'sklearn.SplineTransformer', produces: [...TABLE_OPS, 'ml.expression'], transform: splineTransformer },
  {
    operator: 'sklearn2pmml.BSplineTransformer',
    produces: [...TABLE_OPS, 'ml.expression'],
    transform: bsplineTransformer,
  },
]
