import type { OnnxLowering } from '../../lowering.ts'

/** A lowering of an operator of com.microsoft. */
export function microsoftLowering(
  type: string,
  produces: readonly string[],
  lower: OnnxLowering['lower'],
): OnnxLowering {
  return { name: { domain: 'com.microsoft', type }, produces, lower }
}
