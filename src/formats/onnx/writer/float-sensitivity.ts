import type { Graph, Node } from '../../../core/ir/graph.ts'
import { producers } from '../../../core/ir/graph.ts'
import type { Expression, ExpressionFunction } from '../../../core/ops/ml/expression.ts'

/** Tensor operators whose result jumps where its argument crosses a border. */
const JUMPING_OPERATORS: ReadonlySet<string> = new Set([
  'Ceil',
  'Equal',
  'Floor',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Mod',
  'NonZero',
  'Round',
  'Sign',
  'TopK',
])

/** Functions of an expression that jump. */
const JUMPING_FUNCTIONS: ReadonlySet<ExpressionFunction> = new Set<ExpressionFunction>([
  'threshold',
  'floor',
  'ceil',
  'round',
  'rint',
  'modulo',
  'equal',
  'notEqual',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
  'formatNumber',
  'formatDatetime',
])

/** Operators that select or rearrange values without computing on them. */
const MOVING_OPERATORS: ReadonlySet<string> = new Set([
  'Concat',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'ml.impute',
])

const exact = (key: string | number) => typeof key === 'string' || Math.fround(key) === key

/** Whether an expression jumps somewhere in its numeric arguments; tables with keys that float32 holds exactly do not. */
function jumps(expression: Expression): boolean {
  switch (expression.kind) {
    case 'column':
    case 'constant':
      return false
    case 'apply':
      if (expression.function === 'isIn' || expression.function === 'isNotIn') {
        return expression.args.some((arg) => jumps(arg) || (arg.kind === 'constant' && !exact(arg.value ?? '')))
      }
      return JUMPING_FUNCTIONS.has(expression.function) || expression.args.some(jumps)
    case 'lookup':
      return !expression.keys.every(exact) || jumps(expression.arg)
    case 'discretize':
      return true
    case 'interpolate':
      return jumps(expression.arg)
  }
}

/** Whether rounding the arguments of a node can change its result by more than the rounding. */
function isDiscontinuous(node: Node): boolean {
  const a = node.attributes
  switch (node.op) {
    case 'ml.treeEnsemble':
    case 'ml.nearest':
      return true
    case 'ml.oneHot':
      return !(a['encodings'] as { keys: readonly (string | number)[] }[]).every((e) => e.keys.every(exact))
    case 'ml.impute':
      return !exact((a['missingValue'] as string | number | undefined) ?? '')
    case 'ml.expression':
      return (a['expressions'] as readonly Expression[]).some(jumps)
    case 'Cast':
      return /int|bool|string/.test(String(a['to']))
    default:
      return JUMPING_OPERATORS.has(node.op)
  }
}

/**
 * The graph inputs whose rounding to float32 at the boundary could flip a discontinuous operator: found by walking
 * up from each such operator. A value that is itself rounded to float32 (an explicit Cast of an input that was only moved
 * around) is safe, because rounding twice is rounding once; the final choice of a label is no such operator, its scores
 * differ by a rounding only.
 */
export function float32SensitiveInputs(graph: Graph): Set<string> {
  const producer = producers(graph)
  const inputs = new Set(graph.inputs)
  const sensitive = new Set<string>()
  const seen = new Set<string>()
  // `rounded`: between here and the discontinuous operator the value is rounded to float32, and not computed on before.
  const pending: { value: string; rounded: boolean }[] = []
  for (const node of graph.nodes) {
    if (isDiscontinuous(node)) pending.push(...node.inputs.map((value) => ({ value, rounded: false })))
  }
  for (let next = pending.pop(); next; next = pending.pop()) {
    const key = `${next.rounded} ${next.value}`
    if (next.value === '' || seen.has(key)) continue
    seen.add(key)
    if (inputs.has(next.value)) {
      if (!next.rounded) sensitive.add(next.value)
      continue
    }
    const node = producer.get(next.value)
    if (!node) continue
    const isFloat32Cast = node.op === 'Cast' && graph.types.get(next.value)?.dtype === 'float32'
    const isMove = isFloat32Cast || node.op === 'Cast' || MOVING_OPERATORS.has(node.op)
    const rounded = isFloat32Cast || (isMove && next.rounded)
    for (const value of node.inputs) pending.push({ value, rounded })
  }
  return sensitive
}
