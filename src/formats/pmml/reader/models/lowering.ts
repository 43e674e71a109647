import type { ModelEnv, ModelResult, Prediction } from './prediction.ts'

/** How one model element becomes hub operators. */
export interface ModelLowering {
  readonly element: string
  /** Hub operators that it may produce, besides those of the fields that it reads. */
  readonly produces: readonly string[]
  lower(env: ModelEnv): Prediction | ModelResult
}

export function lowering(element: string, produces: readonly string[], lower: ModelLowering['lower']): ModelLowering {
  return { element, produces, lower }
}
