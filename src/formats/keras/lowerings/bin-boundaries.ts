/** Number of boundaries that a summary of `size` values gives for `bins` bins. */
export function boundaryCount(size: number, bins: number): number {
  const epsilon = 1 / bins
  return Math.max(0, (isSmall(size, epsilon) ? size : Math.ceil(1 / epsilon)) - 1)
}

/** Fewer values than bins are boundaries themselves. */
const isSmall = (size: number, epsilon: number) => size * epsilon < 1

/**
 * The boundaries between bins of equal weight: values of a sorted summary, interpolated at the cumulated shares of their
 * weights, as Keras does (get_bin_boundaries in layers/preprocessing/discretization.py).
 */
export function binBoundaries(values: readonly number[], weights: readonly number[], bins: number): number[] {
  const epsilon = 1 / bins
  const count = boundaryCount(values.length, bins)
  if (isSmall(values.length, epsilon)) return values.slice(0, count)
  let sum = 0
  const cumulated = weights.map((weight) => (sum = Math.fround(sum + weight)))
  const shares = cumulated.map((weight) => Math.fround(weight / sum))
  return Array.from({ length: count }, (_, i) => interpolated(epsilon + i * epsilon, shares, values))
}

/** The value at `x` on the line through the points (xs, ys); the outer ones hold beyond (numpy.interp). */
function interpolated(x: number, xs: readonly number[], ys: readonly number[]): number {
  const above = xs.findIndex((known) => known > x)
  if (above === -1) return ys.at(-1) as number
  if (above === 0) return ys[0] as number
  const [x0, x1] = [xs[above - 1] as number, xs[above] as number]
  const [y0, y1] = [ys[above - 1] as number, ys[above] as number]
  return y0 + ((y1 - y0) / (x1 - x0)) * (x - x0)
}
