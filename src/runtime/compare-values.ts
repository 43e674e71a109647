import type { ModelOutput } from '../core/ir/model.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import type { Values } from './predict.ts'

/** How the answers of two engines differ in one output. */
export interface OutputAgreement {
  /** Its name on the actual side. */
  readonly output: string
  readonly kind: 'number' | 'label'
  /** Largest |actual − reference|; infinite where one is NaN and the other is not. */
  readonly maxAbsolute: number
  /** Largest |actual − reference| / |reference|, over references that are not 0. */
  readonly maxRelative: number
  /** Largest |reference|: what a difference in a network's output is measured against. */
  readonly scale: number
  /** Elements beyond the tolerance; for labels, flipped ones. */
  readonly different: number
  readonly elements: number
  /** The elements that differ most, worst first. */
  readonly worst: readonly WorstElement[]
}

export interface WorstElement {
  /** From 1. */
  readonly row: number
  readonly column: string
  readonly actual: string
  readonly reference: string
  readonly difference: number
}

interface Side {
  readonly outputs: readonly ModelOutput[]
  readonly values: Values
}

const WORST = 5

/**
 * Compares two engines output by output, in the order of their signatures: their names may differ. Numbers agree where
 * |a − r| ≤ tolerance · max(1, |r|, largest |r| of a network's output); outputs that one side lacks are left out.
 */
export function compareValues(actual: Side, reference: Side, tolerance: number): OutputAgreement[] {
  return reference.outputs.flatMap((output, i) => {
    const match = actual.outputs[i]
    const a = match && actual.values[match.value]
    const r = reference.values[output.value]
    return a && r ? [compareTensor({ ...output, value: match.value }, a, r, tolerance)] : []
  })
}

function compareTensor(output: ModelOutput, a: EvalTensor, r: EvalTensor, tolerance: number): OutputAgreement {
  const isLabel = output.role === 'label' || output.role === 'cluster' || !(r.data instanceof Float64Array)
  const rows = r.shape[0] ?? 1
  const width = Math.max(1, r.data.length / Math.max(1, rows))
  const scale = isLabel ? 0 : largest(r.data as Float64Array)
  // A plain tensor is judged as a whole, a table's columns number by number.
  const floor = output.columns ? 1 : Math.max(scale, Number.MIN_VALUE)
  let [maxAbsolute, maxRelative, different] = [0, 0, 0]
  const worst: { index: number; difference: number }[] = []
  for (let i = 0; i < r.data.length; i++) {
    const difference = isLabel ? labelDifference(a.data[i], r.data[i]) : numberDifference(a.data[i], r.data[i])
    if (difference === 0) continue
    const magnitude = isLabel ? 0 : Math.abs(Number(r.data[i]))
    maxAbsolute = Math.max(maxAbsolute, difference)
    if (magnitude > 0) maxRelative = Math.max(maxRelative, difference / magnitude)
    if (isLabel || !(difference <= tolerance * Math.max(floor, magnitude))) different++
    keepWorst(worst, { index: i, difference })
  }
  return {
    output: output.value,
    kind: isLabel ? 'label' : 'number',
    maxAbsolute,
    maxRelative,
    scale,
    different,
    elements: r.data.length,
    worst: worst.map(({ index, difference }) => ({
      row: Math.floor(index / width) + 1,
      column: output.columns?.[index % width] ?? (width > 1 ? `${output.value}(${index % width})` : output.value),
      actual: String(a.data[index] ?? ''),
      reference: String(r.data[index]),
      difference,
    })),
  }
}

function keepWorst(worst: { index: number; difference: number }[], next: { index: number; difference: number }): void {
  const last = worst[worst.length - 1]
  if (worst.length === WORST && last && last.difference >= next.difference) return
  worst.push(next)
  worst.sort((x, y) => y.difference - x.difference)
  if (worst.length > WORST) worst.pop()
}

function largest(data: Float64Array): number {
  let found = 0
  for (const x of data) if (Number.isFinite(x)) found = Math.max(found, Math.abs(x))
  return found
}

type Cell = number | string | undefined

function labelDifference(a: Cell, r: Cell): number {
  return String(a) === String(r) ? 0 : 1
}

function numberDifference(a: Cell, r: Cell): number {
  const [x, y] = [Number(a), Number(r)]
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return 0
  const difference = Math.abs(x - y)
  return Number.isNaN(difference) ? Infinity : difference
}
