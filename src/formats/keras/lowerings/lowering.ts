import type { ValueName } from '../../../core/ir/builder.ts'
import { KerasTensor, type LayerContext } from './context.ts'

/** How one class of layers becomes hub operators. */
export interface KerasLowering {
  /** `keras.Conv2D` */
  readonly operator: string
  /** Hub operators that it may produce. */
  readonly produces: readonly string[]
  /** Whether the mask of the first input is the mask of the result (Layer.supports_masking). */
  readonly passesMask: boolean
  lower(ctx: LayerContext): readonly KerasTensor[]
}

type Result = ValueName | readonly ValueName[] | KerasTensor | readonly KerasTensor[]

function tensors(result: Result): KerasTensor[] {
  const list = (Array.isArray(result) ? result : [result]) as readonly (ValueName | KerasTensor)[]
  return list.map((item) => (item instanceof KerasTensor ? item : new KerasTensor(item)))
}

/** A lowering of the layer class of this name. */
export function layer(
  className: string,
  produces: readonly string[],
  lower: (ctx: LayerContext) => Result,
  options: { readonly masking?: boolean } = {},
): KerasLowering {
  return {
    operator: `keras.${className}`,
    produces,
    passesMask: options.masking ?? false,
    lower: (ctx) => tensors(lower(ctx)),
  }
}

/** The same for several classes. */
export function layers(
  classNames: readonly string[],
  produces: readonly string[],
  lower: (ctx: LayerContext) => Result,
  options: { readonly masking?: boolean } = {},
): KerasLowering[] {
  return classNames.map((className) => layer(className, produces, lower, options))
}

/** Operators of a lowering and of what it builds on, each once. */
export function produced(...groups: readonly (readonly string[])[]): string[] {
  return [...new Set(groups.flat())]
}
