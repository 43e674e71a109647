import { PortolanError } from '../../../../core/errors.ts'
import type { Emitter } from '../context.ts'
import type { Estimator } from '../estimator.ts'
import { columnEmitters } from './columns.ts'
import { linear } from './linear.ts'
import { linkEmitters } from './link.ts'
import { transformEmitters } from './transforms.ts'
import { treeEnsemble } from './tree.ts'

/** Every estimator that has a PMML model element. */
export const estimators: ReadonlyMap<string, Estimator> = new Map([linear, treeEnsemble].map((e) => [e.op, e]))

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
  Object.fromEntries([...estimators.values()].map((e) => [e.op, intermediate(e)])),
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
