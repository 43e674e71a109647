import type { ValueName } from '../../../../core/ir/builder.ts'
import { type DType, isFloat } from '../../../../core/ir/dtype.ts'
import { int64 } from '../../../../core/ir/tensor.ts'
import { isObject } from '../../reader/config.ts'
import type { Argument } from '../../reader/keras-layer.ts'
import { KerasTensor, type LayerContext } from '../context.ts'
import { type KerasLowering, layer } from '../lowering.ts'

type Value = Argument<KerasTensor>

/** What keras.ops and tf.* call a first operand. */
export const OPERAND = ['x', 'a', 'tensor', 'input', 'input_tensor', 'value', 'values', 'images', 'data'] as const

/**
 * A call of a function that Keras has recorded as if it were a layer: of keras.ops by Keras 3 (its settings are in the
 * configuration, its operands among the arguments), of tf.* by Keras 2 (operands and settings by name).
 */
export class FunctionCall {
  readonly ctx: LayerContext

  constructor(ctx: LayerContext) {
    this.ctx = ctx
  }

  #argument(index: number, names: readonly string[]): Value | undefined {
    const { args, kwargs } = this.ctx
    const value = args[index] ?? names.map((name) => kwargs[name]).find((v) => v !== undefined && v !== null)
    return value ?? undefined
  }

  /** Operand `index`, or the one of these names: a tensor, or a constant in the type of the tensors beside it. */
  operand(index: number, ...names: string[]): ValueName {
    const value = this.#argument(index, names)
    if (value instanceof KerasTensor) return value.value
    const dtype = this.ctx.tensors.map((tensor) => this.ctx.hub.type(tensor.value).dtype).find((d) => d !== null)
    return this.#constant(value, dtype ?? undefined) ?? this.ctx.block(`its operand ${index + 1} is not a tensor`)
  }

  /** A number, or an array, in the type of a tensor. */
  constant(value: Value, like: ValueName): ValueName {
    const dtype = this.ctx.hub.type(like).dtype ?? undefined
    return this.#constant(value, dtype) ?? this.ctx.block('one of its settings is not a number')
  }

  #constant(value: Value | undefined, dtype: DType | undefined): ValueName | undefined {
    const known = numbersOf(value)
    if (!known) return undefined
    const { numbers, shape } = known
    if (dtype === undefined || isFloat(dtype)) return this.ctx.numbers(numbers, shape)
    if (!numbers.every(Number.isInteger)) return this.ctx.numbers(numbers, shape)
    const constant = this.ctx.hub.constant(int64(numbers, shape), `${this.ctx.id}/constant`)
    return dtype === 'int64' ? constant : this.ctx.op('Cast', [constant], { to: dtype })
  }

  /** All tensors of a list operand. */
  operands(): ValueName[] {
    return this.ctx.tensors.map(({ value }) => value)
  }

  /** A setting, from the configuration or from the arguments; undefined where it is left out. */
  setting(index: number, ...names: string[]): Value | undefined {
    const { config } = this.ctx
    const name = names.find((key) => config.has(key))
    return name === undefined ? this.#argument(index, names) : (config.get(name) as Value)
  }

  /** An entry of the configuration, which keras.ops has. */
  config(name: string): Value | undefined {
    return this.setting(Number.POSITIVE_INFINITY, name)
  }

  flag(index: number, ...names: string[]): boolean {
    return this.setting(index, ...names) === true
  }

  number(index: number, names: readonly string[], fallback: number): number {
    const value = this.setting(index, ...names) ?? fallback
    return typeof value === 'number' ? value : this.ctx.block(`its ${names[0]} is not a number`)
  }

  /** A list of integers; a single one is a list of one. Undefined where it is left out. */
  integers(index: number, ...names: string[]): number[] | undefined {
    const value = this.setting(index, ...names)
    if (value === undefined) return undefined
    const list = Array.isArray(value) ? value : [value]
    if (list.every((v) => typeof v === 'number')) return list as number[]
    return this.ctx.block(`its ${names[0]} is not a list of integers`)
  }
}

/** A number or nested lists of them as a constant. */
function numbersOf(value: Value | undefined): { numbers: number[]; shape: number[] } | undefined {
  if (typeof value === 'number') return { numbers: [value], shape: [] }
  if (typeof value === 'boolean') return { numbers: [Number(value)], shape: [] }
  // Arrays: {class_name: '__numpy__', config: {value, dtype}}
  if (isObject(value) && /^__(numpy|tensor)__$/.test(String(value['class_name'])) && isObject(value['config'])) {
    return numbersOf(value['config']['value'] as Value)
  }
  if (!Array.isArray(value)) return undefined
  const parts = value.map((item) => numbersOf(item))
  const first = parts[0]
  if (!first || !parts.every((part) => part?.shape.join() === first.shape.join())) return undefined
  return { numbers: parts.flatMap((part) => part?.numbers ?? []), shape: [parts.length, ...first.shape] }
}

/** A lowering of one function under all its names: `ops.Add`, `tf.math.add`. */
export function fn(
  names: readonly string[],
  produces: readonly string[],
  lower: (call: FunctionCall) => ValueName | readonly ValueName[],
): KerasLowering[] {
  return names.map((name) => layer(name, [...produces, 'Cast'], (ctx) => lower(new FunctionCall(ctx))))
}
