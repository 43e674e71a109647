import { PortolanError } from '../core/errors.ts'
import type { Feature } from '../core/ir/model.ts'
import { elementCount } from '../core/ir/tensor.ts'
import type { Dim } from '../core/ir/types.ts'
import type { TextTable } from '../runtime/table.ts'
import type { TensorFill, TestRequest } from '../worker/test-request.ts'
import type { FillDraft, FormInput, TestDraft, TestMode } from './test-state.ts'

/** A form longer than this helps nobody. */
const MAX_FORM_COLUMNS = 200

/** The ways in which a model with these inputs can be fed, the most comfortable first. */
export function testModes(inputs: readonly FormInput[]): readonly TestMode[] {
  const features = inputs.flatMap((input) => input.features ?? [])
  const isTable = inputs.every((input) => input.features !== null)
  const takesRows = inputs.every((input) => input.features !== null || (input.shape?.length ?? 2) <= 2)
  const takesNumbers = inputs.every((input) => input.dtype !== 'string')
  return [
    ...(isTable && features.length <= MAX_FORM_COLUMNS ? (['row'] as const) : []),
    ...(isTable && takesRows ? (['table'] as const) : []),
    ...(!isTable || takesNumbers ? (['tensors'] as const) : []),
    ...(!isTable && takesRows ? (['table'] as const) : []),
  ]
}

/** A draft that can be run as it is, with the first of some example rows. */
export function newDraft(inputs: readonly FormInput[], example: TextTable | null = null): TestDraft {
  const exampleCell = (name: string) => example?.rows[0]?.[example.columns.indexOf(name)]
  const features = inputs.flatMap((input) => input.features ?? [])
  return {
    mode: testModes(inputs)[0] ?? 'tensors',
    row: Object.fromEntries(
      features.map((feature) => [feature.name, exampleCell(feature.name) ?? defaultCell(feature)]),
    ),
    table: null,
    fills: inputs.map((input, i) => ({
      kind: input.dtype === 'string' ? 'json' : 'random',
      shape: input.shape?.map((dim) => defaultSize(dim)) ?? [1, input.features?.length ?? 1],
      seed: i + 1,
      json: '',
      file: null,
      pixels: '0..1',
      order: 'rgb',
    })),
  }
}

/** The middle of a known range, the first of known values. */
function defaultCell({ kind, dataType, range, values }: Feature): string {
  if (kind !== 'continuous' && values?.[0] !== undefined) return String(values[0])
  if (dataType === 'string' || dataType === 'date' || dataType === 'dateTime') return ''
  if (!range) return '0'
  const middle = (range[0] + range[1]) / 2
  return String(dataType === 'integer' ? Math.round(middle) : Number(middle.toPrecision(4)))
}

/** One row; another dimension that nobody knows is taken as small. */
function defaultSize(dim: Dim): number {
  return typeof dim === 'number' && dim >= 0 ? dim : 1
}

/** A free height or width of a picture starts with what most networks take. */
const PICTURE_SIDE = 224

/** The shape of a tensor that is to be filled with a picture: [N, H, W, C] where the last axis is one of channels, else [N, C, H, W]. */
export function pictureShape(shape: readonly number[], known: FormInput['shape']): readonly number[] {
  const isFree = (axis: number) => typeof known?.[axis] !== 'number' || known[axis] < 0
  const sides = !isFree(3) && (known?.[3] as number) <= 4 ? [1, 2] : [2, 3]
  return shape.map((size, axis) => (sides.includes(axis) && isFree(axis) && size === 1 ? PICTURE_SIDE : size))
}

/** Parameters and elements of inputs up to which both engines answer at once: one row, or a small picture. */
const MAX_SUDDEN = { parameters: 1_000_000, elements: 1 << 14 } as const

/** Whether a draft is run without being asked for, since it takes no time that anybody would notice. */
export function runsAtOnce({ mode, fills }: TestDraft, parameterCount: number): boolean {
  if (mode === 'table' || parameterCount > MAX_SUDDEN.parameters) return false
  if (mode === 'row') return true
  const elements = fills.reduce((sum, { shape }) => sum + elementCount(shape), 0)
  return elements <= MAX_SUDDEN.elements && fills.every(({ kind }) => kind === 'random' || kind === 'zeros')
}

/** What is to be run. Throws PortolanError('invalid-input') where something is still missing. */
export function requestOf(draft: TestDraft, inputs: readonly FormInput[]): TestRequest {
  if (draft.mode === 'row') {
    const columns = inputs.flatMap((input) => input.features?.map((feature) => feature.name) ?? [])
    return { kind: 'table', table: { columns, rows: [columns.map((name) => draft.row[name] ?? '')] } }
  }
  if (draft.mode === 'table') {
    if (draft.table) return { kind: 'table', table: draft.table.table }
    throw new PortolanError('invalid-input', 'no CSV has been chosen')
  }
  return { kind: 'tensors', fills: draft.fills.map((fill, i) => fillOf(fill, inputs[i]?.name ?? '')) }
}

function fillOf({ kind, shape, seed, json, file, pixels, order }: FillDraft, name: string): TensorFill {
  switch (kind) {
    case 'random':
      return { kind, shape, seed }
    case 'zeros':
      return { kind, shape }
    case 'json':
      if (json.trim() !== '') return { kind, text: json }
      throw new PortolanError('invalid-input', `there is no JSON for the input ${name}`)
    default:
      if (!file) throw new PortolanError('invalid-input', `no file has been chosen for the input ${name}`)
      return kind === 'npy' ? { kind, file } : { kind, shape, file, pixels, order }
  }
}
