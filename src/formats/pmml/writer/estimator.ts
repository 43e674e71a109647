import type { Node } from '../../../core/ir/graph.ts'
import type { Category } from '../../../core/ir/model.ts'
import type { LinkFunction } from '../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from './context.ts'
import type { ModelSpec } from './segment.ts'

/** How a label is decided from scores, as far as the hub says so. */
export interface ClassifierHead {
  readonly labels: readonly Category[]
  /** The scores' value: the input of the label operator. */
  readonly scores: string
  readonly rule: 'argmax' | 'argmin' | 'threshold'
  readonly threshold: number
  /** The link between the estimator's raw result and the scores, if there is one. */
  readonly link: { readonly function: LinkFunction; readonly complement: boolean } | undefined
  /** The scores are probabilities that the document must give. */
  readonly probabilities: boolean
  /** The label's hub node, for provenance. */
  readonly node: Node
}

/** An estimator that has a PMML model element of its own. */
export interface Estimator {
  readonly op: string
  /** One regression model per column of the node's result. */
  regression?(ctx: PmmlContext, node: Node): readonly ModelSpec[]
  /**
   * The whole classifier as one model, when this estimator's element can express the head; null leaves it to the
   * general form: the raw scores as regressions, then a RegressionModel over them.
   */
  classification?(ctx: PmmlContext, node: Node, head: ClassifierHead): ModelSpec | null
}
