import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { type Formula, formulaOf, formulaOfValue } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import type { DataType } from '../fields/data-type.ts'
import type { Field } from '../fields/field.ts'
import type { Scope } from '../fields/scope.ts'
import type { Target } from './target.ts'

/** What a model answers. Hub values are made when somebody asks for them. */
export type Prediction = TellingPrediction | NeighborsPrediction

/** A prediction that is a value by itself. */
export type TellingPrediction = ValuePrediction | ClassPrediction | ClusterPrediction

export interface ValuePrediction {
  readonly kind: 'value'
  readonly formula: Formula
  /** The id of the winning node of a tree, the rule that fired, the neighbor of a rank (counting from 1). */
  readonly entity?: (rank: number) => Formula
  /** How far the neighbor of a rank is. */
  readonly distance?: (rank: number) => Formula
}

export interface ClassPrediction {
  readonly kind: 'classes'
  readonly labels: readonly Category[]
  /** The labels as the file writes them. */
  readonly names: readonly string[]
  readonly dataType: DataType
  /** [N], the empty text or NaN where there is no answer. */
  readonly label: () => ValueName
  /** [N, K] probabilities; absent where the model only votes. */
  readonly scores?: () => ValueName
  /** [N, K] confidences. */
  readonly confidences?: () => ValueName
  readonly entity?: (rank: number) => Formula
  /** How far the neighbor of a rank is. */
  readonly distance?: (rank: number) => Formula
}

export interface ClusterPrediction {
  readonly kind: 'clusters'
  /** Ids of the clusters: text. */
  readonly ids: readonly string[]
  readonly names: readonly string[]
  /** [N]. */
  readonly label: () => ValueName
  /** [N, K] distances or similarities. */
  readonly affinities: () => ValueName
}

/** Only who is near, counting from 1: what the neighbors stand for is told by other models. */
export interface NeighborsPrediction {
  readonly kind: 'neighbors'
  readonly entity: (rank: number) => Formula
  readonly distance: (rank: number) => Formula
}

/** A prediction and what it is of. */
export interface TargetPrediction {
  readonly target: Target
  readonly prediction: Prediction
}

/** An OutputField that can be asked for. */
export interface OutputEntry {
  readonly element: XmlElement
  readonly name: string
  readonly feature: string
  readonly isFinal: boolean
  /** What it is a feature of; absent where that is the answer of a segment which is not kept. */
  readonly of?: TargetPrediction
  readonly field: () => Field
}

/** What came of a model: one prediction per target, and its output fields. */
export interface ModelResult {
  readonly predictions: readonly TargetPrediction[]
  readonly outputs: readonly OutputEntry[]
  /** What came of the segments, by their id, where each has an answer of its own in every row. */
  readonly segments?: ReadonlyMap<string, ModelResult>
}

/** What the lowering of one model element sees. */
export interface ModelEnv {
  readonly ctx: LowerContext
  /** The model's own fields. */
  readonly scope: Scope
  readonly model: XmlElement
  readonly target: Target
  /** Lowers a model inside this one. */
  readonly nested: (model: XmlElement) => ModelResult
}

/** Column `k` of a hub value [N, K]. */
export function columnOf(ctx: LowerContext, value: ValueName, index: number, isText = false): Formula {
  const width = ctx.hub.type(value).shape?.[1]
  return formulaOf({ kind: 'value', value, index, width: typeof width === 'number' ? width : index + 1 }, isText)
}

/** A hub value [N] as a column. */
export function columnOfVector(ctx: LowerContext, vector: ValueName, isText: boolean): Formula {
  return formulaOfValue(ctx.hub.op('Unsqueeze', [vector, ctx.hub.int64([1])]), isText)
}

/** A column as a vector [N]. */
export const vectorOf = (ctx: LowerContext, column: ValueName): ValueName =>
  ctx.hub.op('Squeeze', [column, ctx.hub.int64([1])])

/** Runs a function once. */
export function once<T>(fn: () => T): () => T {
  let done: { value: T } | undefined
  return () => {
    done ??= { value: fn() }
    return done.value
  }
}
