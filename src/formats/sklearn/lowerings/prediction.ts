import type { ValueName } from '../../../core/ir/builder.ts'
import type { Category, Feature, OutputRole } from '../../../core/ir/model.ts'

/** Class labels: as the hub compares them (booleans are 0/1), and as Python writes them. */
export interface ClassLabels {
  readonly labels: readonly Category[]
  readonly names: readonly string[]
  readonly dataType: Feature['dataType']
}

/** What `predict` and its relatives of an estimator return, as hub values. */
export type Prediction =
  | ClassPrediction
  | ValuePrediction
  | ClusterPrediction
  | OutlierPrediction
  | NeighborPrediction
  | MultiPrediction

export interface ClassPrediction {
  readonly kind: 'classes'
  readonly classes: ClassLabels
  /** [N]. */
  readonly label: ValueName
  /** [N, K]; absent where the estimator has no `predict_proba`. */
  readonly probabilities?: ValueName
  /** What JPMML names the label after, when it is a function of the most probable one: `thresholded(TARGET)`. */
  readonly labelFunction?: string
  /** `decision_function`: [N, 1] for two classes (positive for the second), else [N, K]. */
  readonly decision?: ValueName
}

export interface ValuePrediction {
  readonly kind: 'values'
  /** [N, T]. */
  readonly value: ValueName
}

export interface ClusterPrediction {
  readonly kind: 'clusters'
  /** [N]. */
  readonly label: ValueName
  readonly clusters: number
  /** [N, clusters], of mixtures. */
  readonly probabilities?: ValueName
}

export interface OutlierPrediction {
  readonly kind: 'outliers'
  /** `decision_function`, [N, 1]: negative for an outlier. */
  readonly decision: ValueName
  /** [N, 1] 1 for an outlier, else 0. */
  readonly outlier: ValueName
}

/** The nearest training rows, and nothing about what they stand for. */
export interface NeighborPrediction {
  readonly kind: 'neighbors'
  /** Their positions from 0, nearest first, [N, k]. */
  readonly indices: ValueName
}

/** One prediction per target. */
export interface MultiPrediction {
  readonly kind: 'multi'
  readonly targets: readonly Prediction[]
}

/** An answer besides the predictions, with the names of its columns: what a PMMLPipeline's transformers make. */
export interface ExtraOutput {
  readonly value: ValueName
  readonly role: OutputRole
  readonly columns: readonly string[]
}
