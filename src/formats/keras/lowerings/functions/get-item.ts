import type { ValueName } from '../../../../core/ir/builder.ts'
import { isObject } from '../../reader/config.ts'
import type { Argument } from '../../reader/keras-layer.ts'
import type { KerasTensor } from '../context.ts'
import type { FunctionCall } from './function-call.ts'

type Value = Argument<KerasTensor>

/** One part of an index, as Python has it. */
type Part =
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'slice'; readonly start: number | null; readonly stop: number | null; readonly step: number }
  | { readonly kind: 'ellipsis' }
  | { readonly kind: 'new-axis' }

/** Beyond every axis, whatever its size. */
const FAR = 2 ** 31 - 1

function partOf(value: Value, call: FunctionCall): Part {
  if (typeof value === 'number') return { kind: 'index', at: value }
  if (value === null) return { kind: 'new-axis' }
  if (!isObject(value)) return call.ctx.block('its index is computed', 'Index with numbers and slices.')
  if (value['class_name'] === '__ellipsis__') return { kind: 'ellipsis' }
  const bounds = isObject(value['config']) ? value['config'] : value
  const bound = (name: string) => {
    const number = bounds[name] ?? null
    return number === null || typeof number === 'number'
      ? number
      : call.ctx.block('its index is computed', 'Index with numbers and slices.')
  }
  return { kind: 'slice', start: bound('start'), stop: bound('stop'), step: bound('step') ?? 1 }
}

/** The ellipsis, or the missing end, as whole slices. */
function spread(parts: readonly Part[], rank: number): Part[] {
  const whole: Part = { kind: 'slice', start: null, stop: null, step: 1 }
  const used = parts.filter(({ kind }) => kind === 'index' || kind === 'slice').length
  const rest = new Array<Part>(Math.max(0, rank - used)).fill(whole)
  const at = parts.findIndex(({ kind }) => kind === 'ellipsis')
  return at < 0 ? [...parts, ...rest] : [...parts.slice(0, at), ...rest, ...parts.slice(at + 1)]
}

/** x[…] with numbers, slices, an ellipsis and new axes. */
export function getItem(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, 'x', 'tensor')
  const index = call.setting(1, 'key', 'slice_spec')
  const given = index === undefined ? [] : Array.isArray(index) ? index : [index]
  const parts = spread(
    given.map((value) => partOf(value, call)),
    ctx.rank(x),
  )
  const slices: { axis: number; start: number; stop: number; step: number }[] = []
  const indexes: { axis: number; at: number }[] = []
  const fresh: number[] = []
  let axis = 0
  let resultAxis = 0
  for (const part of parts) {
    if (part.kind === 'new-axis') {
      fresh.push(resultAxis++)
      continue
    }
    if (part.kind === 'index') indexes.push({ axis, at: part.at })
    if (part.kind === 'slice') {
      const { start, stop, step } = part
      if (start !== null || stop !== null || step !== 1) {
        slices.push({ axis, start: start ?? (step < 0 ? FAR : 0), stop: stop ?? (step < 0 ? -FAR : FAR), step })
      }
      resultAxis++
    }
    axis++
  }
  const ints = (pick: (slice: (typeof slices)[number]) => number) => ctx.ints(slices.map(pick))
  let value = x
  if (slices.length > 0) {
    value = ctx.op('Slice', [
      value,
      ints((s) => s.start),
      ints((s) => s.stop),
      ints((s) => s.axis),
      ints((s) => s.step),
    ])
  }
  // From the last axis on, so that the others keep their places.
  for (const { axis: at, at: position } of indexes.reverse()) {
    value = ctx.op('Gather', [value, ctx.int(position)], { axis: at })
  }
  return fresh.length > 0 ? ctx.op('Unsqueeze', [value, ctx.ints(fresh)]) : value
}
