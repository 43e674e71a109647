import { PortolanError } from '../core/errors.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import type { ColumnComparison, Comparison, Tolerance } from './compare.ts'

/**
 * Compares tensors by name, elements in row-major order. Networks are held to the output's scale: an element passes where
 * |a − e| ≤ atol + rtol · max|expected|.
 */
export function compareTensors(
  actual: Readonly<Record<string, EvalTensor>>,
  expected: Readonly<Record<string, EvalTensor>>,
  tolerance: Tolerance,
): Comparison {
  const names = Object.keys(expected)
  const absent = names.filter((name) => actual[name] === undefined)
  const columns = names.flatMap((name) => {
    const [a, e] = [actual[name], expected[name]]
    return a && e ? [compareOne(name, a, e, tolerance)] : []
  })
  const passed = absent.length === 0 && columns.every((column) => column.different === 0)
  return { rows: Math.max(0, ...names.map((name) => expected[name]?.data.length ?? 0)), columns, absent, passed }
}

const WORST = 5

function compareOne(name: string, actual: EvalTensor, expected: EvalTensor, tolerance: Tolerance): ColumnComparison {
  if (String(actual.shape) !== String(expected.shape)) {
    throw new PortolanError(
      'invalid-input',
      `${name} has the shape [${actual.shape.join(', ')}], the expected one [${expected.shape.join(', ')}]`,
    )
  }
  const isText = !(expected.data instanceof Float64Array)
  const limit = isText ? 0 : tolerance.atol + tolerance.rtol * scaleOf(expected.data)
  const errors = Array.from(expected.data as ArrayLike<number | string>, (e, i) => {
    const a = actual.data[i] ?? ''
    return { row: i + 1, actual: String(a), expected: String(e), error: errorOf(a, e) }
  })
  const differing = errors.filter(({ error }) => !(error <= limit))
  const finite = errors.filter(({ error }) => Number.isFinite(error))
  return {
    name,
    kind: isText ? 'label' : 'number',
    maxAbsolute: finite.reduce((max, { error }) => Math.max(max, error), 0),
    maxRelative: finite.reduce(
      (max, { error, expected: e }) => Math.max(max, Number(e) ? error / Math.abs(Number(e)) : 0),
      0,
    ),
    different: differing.length,
    worst: differing.sort((x, y) => y.error - x.error).slice(0, WORST),
  }
}

function scaleOf(data: Float64Array | readonly string[]): number {
  return Array.from(data as ArrayLike<number>, Math.abs)
    .filter(Number.isFinite)
    .reduce((max, x) => Math.max(max, x), 0)
}

/** Equal infinities and equal NaNs are no error. */
function errorOf(actual: number | string, expected: number | string): number {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return 0
  const difference = Math.abs(Number(actual) - Number(expected))
  return typeof actual === 'string' || Number.isNaN(difference) ? Infinity : difference
}
