import type { Node } from '../../../core/ir/graph.ts'
import type { Category } from '../../../core/ir/model.ts'
import type { PmmlContext } from './context.ts'
import type { Link } from './decisions.ts'
import type { Column } from './field.ts'
import type { ModelSpec } from './segment.ts'

/** How a label is decided from scores, as far as the hub says so. */
export interface ClassifierHead {
  readonly labels: readonly Category[]
  /** The scores' value: the input of the label operator. */
  readonly scores: string
  readonly rule: 'argmax' | 'argmin' | 'threshold'
  readonly threshold: number
  /** The link between the estimator's raw result and the scores, if there is one. */
  readonly link: Link | undefined
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

/** The estimators by hub operator. */
export type Estimators = ReadonlyMap<string, Estimator>

/** An estimator in the middle of a model: each of its regressions is a segment of the chain. */
export function intermediateModels(ctx: PmmlContext, estimator: Estimator, node: Node): readonly Column[] {
  const specs = estimator.regression?.(ctx, node)
  if (!specs) return ctx.block(node, 'unsupported-operator', `the scores of ${node.op} have no PMML form`)
  const name = node.label ?? node.id
  return specs.map((spec, k) => ctx.intermediate(spec, specs.length > 1 ? `${name}(${k})` : name))
}
