import type { Category } from '../../../core/ir/model.ts'
import { type Element, el } from './element.ts'
import type { DataType, Field, OpType } from './field.ts'

export type MiningFunction = 'classification' | 'regression' | 'clustering'

/** The fields that a model element refers to; becomes its MiningSchema and LocalTransformations. */
export class Scope {
  readonly fields = new Set<Field>()

  /** The field's name, remembered as used. */
  use(field: Field): string {
    this.fields.add(field)
    return field.name
  }
}

export interface Target {
  readonly name: string
  readonly dataType: DataType
  readonly opType: OpType
  readonly values?: readonly Category[]
}

export interface OutputField {
  readonly name: string
  readonly feature: 'predictedValue' | 'probability' | 'affinity' | 'transformedValue' | 'entityId' | 'entityAffinity'
  readonly dataType: DataType
  readonly opType: OpType
  /** Which target it is about, where there are several. */
  readonly targetField?: string
  /** The class, for a probability. */
  readonly value?: string
  /** 1-based, for an entityId of a neighbour. */
  readonly rank?: number
  readonly expression?: Element
  /** Part of the answer, or only an input of later segments. */
  readonly final: boolean
}

/** A prediction times a factor, plus a constant. */
export interface Rescale {
  readonly factor?: number
  readonly constant?: number
}

/** The `Targets` that say so; of a model that is not asked for a target by name without one. */
export function rescaleTargets({ factor, constant }: Rescale, target?: Target): Element {
  return el('Targets', {}, el('Target', { field: target?.name, rescaleFactor: factor, rescaleConstant: constant }))
}

/** A model element before it knows whether it stands alone or in a chain. */
export interface ModelSpec {
  /** `RegressionModel`, `TreeModel` … */
  readonly element: string
  readonly functionName: MiningFunction
  readonly attributes: Element['attributes']
  readonly scope: Scope
  /** The `Targets` that rescale the prediction. */
  readonly rescale?: Rescale
  /** Some rows have no answer, and then what depends on it has none either. */
  readonly canBeMissing?: boolean
  /** What follows LocalTransformations; a network's outputs name the target. */
  readonly content: readonly Element[] | ((targets: readonly Target[]) => readonly Element[])
  readonly origin: readonly string[]
}

/** A model in the chain, with what it predicts and what it tells. */
export interface Segment {
  readonly spec: ModelSpec
  /** One, but for a network of several outputs; none when only its OutputFields are of interest. */
  readonly targets: readonly Target[]
  readonly outputs: OutputField[]
  /** Position in the chain, from 1. */
  readonly stage: number
}
