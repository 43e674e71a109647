import type { Tolerance } from '../runtime/compare.ts'
import type { FixtureCase } from './fixture-case.ts'

/** How precisely an answer was computed: by its framework, and by what is compared with it. */
export type Arithmetic = 'float32' | 'float64'

/** Formats whose frameworks compute in float32: their answers carry its rounding. */
const FLOAT32_FORMATS: ReadonlySet<string> = new Set(['onnx', 'keras'])

export function frameworkArithmetic(format: string, entry: FixtureCase): Arithmetic {
  return FLOAT32_FORMATS.has(format) || (entry.rtol ?? 0) > 1e-9 ? 'float32' : 'float64'
}

/**
 * What two answers may differ by. `scale` is the largest magnitude among the expected values of the column or tensor:
 * a number that cancels to almost zero carries the rounding of what it was made from.
 *
 * - both in float64: 1e-12 relative
 * - a probability: 1e-6 absolute
 * - any other number: 1e-5 relative
 *
 * Where float32 arithmetic itself changes a model's answers by more, that much is added: see float32-noise.ts.
 */
export function toleranceOf(entry: FixtureCase, arithmetic: Arithmetic, column: string, scale: number): Tolerance {
  const { rtol, atol } = usual(arithmetic, column, scale)
  return { rtol: entry.rtol ?? rtol, atol: entry.atol ?? atol }
}

function usual(arithmetic: Arithmetic, column: string, scale: number): Tolerance {
  if (arithmetic === 'float64') return { rtol: 1e-12, atol: 1e-12 * scale }
  if (column.startsWith('probability(')) return { rtol: 0, atol: 1e-6 }
  return { rtol: 1e-5, atol: 1e-5 * scale }
}
