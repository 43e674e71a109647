import { PortolanError } from '../core/errors.ts'
import { elementCount } from '../core/ir/tensor.ts'
import type { EvalTensor } from '../core/ops/spec.ts'

type Nested = number | string | boolean | null | readonly Nested[]

/**
 * Tensors from JSON: an object with one entry per input, each a nested array, or `{"shape": […], "data": […]}`.
 * null is NaN. Throws PortolanError('invalid-input') for ragged arrays and mixed types, naming the entry.
 */
export function tensorsFromJson(text: string): Record<string, EvalTensor> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new PortolanError(
      'invalid-input',
      `the input is not JSON: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: 'Give an object with one nested array per input.',
      },
    )
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new PortolanError('invalid-input', 'the JSON input is not an object', {
      hint: 'Give an object with one nested array per input: {"x": [[1, 2], [3, 4]]}.',
    })
  }
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, tensorFromNested(name, value)]))
}

function tensorFromNested(name: string, value: unknown): EvalTensor {
  const invalid = (message: string) => new PortolanError('invalid-input', `the input ${name} ${message}`)
  if (typeof value === 'object' && value !== null && 'data' in value && 'shape' in value) {
    const { data, shape } = value as { data: unknown; shape: unknown }
    const dims = Array.isArray(shape) ? shape.map(Number) : []
    const flat = tensorFromNested(name, data)
    if (dims.some((d) => !Number.isInteger(d) || d < 0) || elementCount(dims) !== flat.data.length) {
      throw invalid(`has ${flat.data.length} elements, which is not the shape ${JSON.stringify(shape)}`)
    }
    return { ...flat, shape: dims }
  }
  const shape: number[] = []
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length)
  const cells: (number | string)[] = []
  const visit = (item: Nested, depth: number): void => {
    if (Array.isArray(item)) {
      if (item.length !== shape[depth]) throw invalid('is ragged: its rows differ in length')
      for (const inner of item as readonly Nested[]) visit(inner, depth + 1)
    } else {
      if (depth !== shape.length) throw invalid('is ragged: its rows differ in depth')
      if (typeof item === 'object' && item !== null) throw invalid('holds an object')
      cells.push(item === null ? Number.NaN : typeof item === 'boolean' ? Number(item) : (item as number | string))
    }
  }
  visit(value as Nested, 0)
  if (cells.every((cell) => typeof cell === 'number'))
    return { dtype: 'float64', shape, data: Float64Array.from(cells) }
  if (cells.some((cell) => typeof cell === 'number' && !Number.isNaN(cell))) throw invalid('mixes numbers and strings')
  return { dtype: 'string', shape, data: cells.map((cell) => (typeof cell === 'string' ? cell : '')) }
}

/** Tensors as JSON: one nested array per output; NaN and infinities, which JSON lacks, are null. */
export function tensorsToJson(values: Readonly<Record<string, EvalTensor>>): string {
  return `${JSON.stringify(Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, nest(tensor)])), null, 1)}\n`
}

function nest({ dtype, shape, data }: EvalTensor): unknown {
  const cells: readonly unknown[] =
    data instanceof Float64Array
      ? Array.from(data, (x) => (Number.isFinite(x) ? (dtype === 'bool' ? x !== 0 : x) : null))
      : data
  if (shape.length === 0) return cells[0] ?? null
  let level: readonly unknown[] = cells
  for (const width of shape.slice(1).reverse()) {
    const rows = Math.max(1, width) === 0 ? 0 : level.length / Math.max(1, width)
    level = Array.from({ length: rows }, (_, i) => level.slice(i * width, (i + 1) * width))
  }
  return level
}
