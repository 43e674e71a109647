import { PortolanError } from '../../../../core/errors.ts'
import type { Emitter } from '../context.ts'
import type { Estimator } from '../estimator.ts'
import { arithmeticEmitters } from './arithmetic.ts'
import { clustering, distanceEmitters } from './clustering.ts'
import { columnEmitters } from './columns.ts'
import { kernelMachine, pairwiseEmitters } from './kernel-machine.ts'
import { linear } from './linear.ts'
import { linkEmitters } from './link.ts'
import { naiveBayesEmitters } from './naive-bayes.ts'
import { transformEmitters } from './transforms.ts'
import { treeEnsemble } from './tree.ts'

/** Every estimator that has a PMML model element. */
export const estimators: ReadonlyMap<string, Estimator> = new Map(
  [linear, treeEnsemble, kernelMachine, clustering].map((e) => [e.op, e]),
)

/** An estimator in the middle of a model: each of its regressions is a segment of the chain. */
function intermediate(estimator: Estimator): Emitter {
  return (ctx, node) => {
    const specs = estimator.regression?.(ctx, node)
    if (!specs) return ctx.block(node, 'unsupported-operator', `the scores of ${node.op} have no PMML form`)
    const name = node.label ?? node.id
    return specs.map((spec, k) => ctx.intermediate(spec, specs.length > 1 ? `${name}(${k})` : name))
  }
}

/** The emitter of each hub operator. */
export const emitters: ReadonlyMap<string, Emitter> = merge(
  columnEmitters,
  transformEmitters,
  linkEmitters,
  arithmeticEmitters,
  pairwiseEmitters,
  naiveBayesEmitters,
  distanceEmitters,
  Object.fromEntries([...estimators.values()].filter((e) => e.regression).map((e) => [e.op, intermediate(e)])),
)

function merge(...tables: readonly Readonly<Record<string, Emitter>>[]): ReadonlyMap<string, Emitter> {
  const map = new Map<string, Emitter>()
  for (const table of tables) {
    for (const [op, emitter] of Object.entries(table)) {
      if (map.has(op)) throw new PortolanError('internal', `the operator ${op} has two PMML emitters`)
      map.set(op, emitter)
    }
  }
  return map
}
