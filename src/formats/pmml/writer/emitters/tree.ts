import type { Node } from '../../../../core/ir/graph.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import { SPLIT, type TreeEnsemble } from '../../../../core/ops/ml/tree-ensemble.ts'
import type { PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { Estimator } from '../estimator.ts'
import { type Column, type Field, float32Floor, formatFloat32, formatNumber, formatValue } from '../field.ts'
import { type MiningFunction, type ModelSpec, type Rescale, Scope } from '../segment.ts'
import { type AggregationMethod, aggregation } from './aggregation.ts'

/** ml.treeEnsemble as a TreeModel, or a MiningModel that aggregates TreeModels. */
export const treeEnsemble: Estimator = {
  op: 'ml.treeEnsemble',
  regression(ctx, node) {
    const { ensemble } = node.attributes as unknown as MlAttributes['ml.treeEnsemble']
    const columns = ctx.table(node)
    const sign = ensemble.aggregate === 'min' ? -1 : 1
    return Array.from({ length: ensemble.targets }, (_, target) => {
      const leaf = (row: number) => {
        const value = ensemble.leafValues[row * ensemble.targets + target] ?? 0
        return Number.isNaN(value) ? undefined : el('Node', { score: formatNumber(sign * value) })
      }
      // boosting for several classes has trees that say nothing about this one
      const trees = treeIndices(ensemble).filter((t) => ensemble.aggregate !== 'sum' || speaksOf(ensemble, t, target))
      const rescale = rescaleOf(sign, ensemble.base[target] ?? 0)
      const method = AGGREGATE[ensemble.aggregate]
      return ensembleModel(ctx, node, columns, trees, leaf, { functionName: 'regression', method, ...rescale })
    })
  },
  classification(ctx, node, head) {
    const { ensemble } = node.attributes as unknown as MlAttributes['ml.treeEnsemble']
    if (head.link || head.rule !== 'argmax' || !head.probabilities || ensemble.targets !== head.labels.length)
      return null
    if (ensemble.base.some((b) => b !== 0)) return null
    if (ensemble.aggregate !== 'average' && !(ensemble.aggregate === 'sum' && sumsToOne(ensemble))) return null
    const dataType = typeof head.labels[0] === 'string' ? 'string' : 'integer'
    const leaf = (row: number) => distributionLeaf(ensemble, row, head.labels, dataType)
    const facts = { functionName: 'classification', method: 'average' } as const
    return ensembleModel(ctx, node, ctx.table(node), treeIndices(ensemble), leaf, facts)
  },
}

function rescaleOf(sign: number, base: number): { rescale?: Rescale } {
  if (sign === 1 && base === 0) return {}
  return { rescale: { ...(sign === 1 ? {} : { factor: sign }), ...(base === 0 ? {} : { constant: base }) } }
}

const treeIndices = (ensemble: TreeEnsemble) => Array.from(ensemble.roots, (_, t) => t)

/** Leaves whose rows sum to 1 per tree, one tree: a distribution; several trees that add up to one are an average too. */
function sumsToOne(ensemble: TreeEnsemble): boolean {
  const { targets, leafValues, roots } = ensemble
  const expected = 1 / roots.length
  for (let row = 0; row * targets < leafValues.length; row++) {
    let sum = 0
    for (let k = 0; k < targets; k++) sum += leafValues[row * targets + k] ?? 0
    if (Math.abs(sum - expected) > 1e-9) return false
  }
  return true
}

function distributionLeaf(
  ensemble: TreeEnsemble,
  row: number,
  labels: readonly Category[],
  dataType: 'string' | 'integer',
): Element {
  const values = ensemble.leafValues.subarray(row * ensemble.targets, (row + 1) * ensemble.targets)
  let best = 0
  values.forEach((v, k) => {
    if (v > (values[best] ?? 0)) best = k
  })
  const distribution = labels.map((label, k) =>
    el('ScoreDistribution', { value: formatValue(label, dataType), recordCount: formatNumber(values[k] ?? 0) }),
  )
  return el('Node', { score: formatValue(labels[best] as Category, dataType) }, distribution)
}

function speaksOf(ensemble: TreeEnsemble, tree: number, target: number): boolean {
  return leavesOf(ensemble, tree).some((row) => ensemble.leafValues[row * ensemble.targets + target] !== 0)
}

function leavesOf(ensemble: TreeEnsemble, tree: number): number[] {
  const rows: number[] = []
  for (const node of nodesOf(ensemble, tree))
    if (ensemble.mode[node] === SPLIT.leaf) rows.push(ensemble.whenTrue[node] ?? 0)
  return rows
}

/** The columns that a tree tests, in the order in which its nodes are written. */
function columnsOf(ensemble: TreeEnsemble, tree: number): Set<number> {
  const columns = new Set<number>()
  for (const node of nodesOf(ensemble, tree))
    if (ensemble.mode[node] !== SPLIT.leaf) columns.add(ensemble.column[node] ?? 0)
  return columns
}

/** The nodes of a tree from the root down, the true branch first. */
function* nodesOf(ensemble: TreeEnsemble, tree: number): Iterable<number> {
  const stack = [ensemble.roots[tree] ?? 0]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node
    if (ensemble.mode[node] !== SPLIT.leaf) stack.push(ensemble.whenFalse[node] ?? 0, ensemble.whenTrue[node] ?? 0)
  }
}

/** A leaf's node; undefined where it has no answer. */
type LeafWriter = (row: number) => Element | undefined

/** How the hub's aggregations are written; the smallest of trees is the largest of their negatives, negated. */
const AGGREGATE = { sum: 'sum', average: 'average', max: 'max', min: 'max' } as const

interface EnsembleFacts {
  readonly functionName: MiningFunction
  readonly method: AggregationMethod
  readonly rescale?: Rescale
}

function ensembleModel(
  ctx: PmmlContext,
  node: Node,
  columns: readonly Column[],
  trees: readonly number[],
  leaf: LeafWriter,
  { functionName, method, rescale }: EnsembleFacts,
): ModelSpec {
  const { ensemble } = node.attributes as unknown as MlAttributes['ml.treeEnsemble']
  const writer = new TreeWriter(ctx, node, ensemble, columns, leaf)
  const treeModel = (scope: Scope, root: () => Element): ModelSpec => ({
    element: 'TreeModel',
    functionName,
    attributes: { missingValueStrategy: 'defaultChild', splitCharacteristic: 'binarySplit' },
    scope,
    content: () => [root()],
    origin: node.origin,
  })
  const models = trees.map((tree) => {
    const scope = new Scope()
    writer.use(tree, scope)
    return treeModel(scope, () => writer.tree(tree))
  })
  // a boosting class nobody speaks of: no trees at all
  const [only = treeModel(new Scope(), () => el('Node', { id: 1, score: '0' }, el('True')))] = models
  const facts = { ...(rescale ? { rescale } : {}), canBeMissing: ensemble.leafValues.some(Number.isNaN) }
  if (models.length < 2) return { ...only, ...facts }
  const members = models.map((spec) => ({ spec }))
  return aggregation(ctx, method, members, { functionName, origin: node.origin, ...facts })
}

/** The test of a split: the first child's predicate. The second child is the one for everything else that is not missing. */
interface Split {
  readonly whenTrue: Element
  /** Where a row goes whose field is missing. */
  readonly missingTrue: boolean
}

class TreeWriter {
  #nextId = 1
  /** Fields by column. */
  readonly #fields = new Map<number, Field>()
  readonly #ctx: PmmlContext
  readonly #node: Node
  readonly #ensemble: TreeEnsemble
  readonly #columns: readonly Column[]
  readonly #leaf: LeafWriter

  constructor(ctx: PmmlContext, node: Node, ensemble: TreeEnsemble, columns: readonly Column[], leaf: LeafWriter) {
    this.#ctx = ctx
    this.#node = node
    this.#ensemble = ensemble
    this.#columns = columns
    this.#leaf = leaf
  }

  /** Declares the fields that a tree tests. Blocks when it tests a column that is not there. */
  use(tree: number, scope: Scope): void {
    for (const column of columnsOf(this.#ensemble, tree)) {
      const field = this.#field(column)
      if (field) scope.use(field)
    }
  }

  /** A tree whose fields have been declared. */
  tree(index: number): Element {
    this.#nextId = 1
    return this.#write(this.#ensemble.roots[index] ?? 0, el('True'))
  }

  /** The field that a test of a column refers to; a number that never changes needs none. */
  #field(index: number): Field | undefined {
    const known = this.#fields.get(index)
    if (known) return known
    const column = this.#columns[index]
    if (!column) return this.#ctx.block(this.#node, 'malformed', `a tree tests the column ${index}, which is not there`)
    if (column.kind === 'constant' && typeof column.value === 'number') return undefined
    const field = column.kind === 'indicator' ? column.field : this.#ctx.field(column)
    this.#fields.set(index, field)
    return field
  }

  #write(index: number, predicate: Element): Element {
    const e = this.#ensemble
    const id = this.#nextId++
    if (e.mode[index] === SPLIT.leaf) {
      const leaf = this.#leaf(e.whenTrue[index] ?? 0)
      // no answer: a node none of whose children ever holds
      if (!leaf) return el('Node', { id }, predicate, el('Node', { id: this.#nextId++ }, el('False')))
      return {
        ...leaf,
        attributes: { id, ...leaf.attributes, recordCount: this.#count(index) },
        children: [predicate, ...leaf.children],
      }
    }
    const split = this.#split(index)
    const onTrue = this.#write(e.whenTrue[index] ?? 0, split.whenTrue)
    const onFalse = this.#write(e.whenFalse[index] ?? 0, el('True'))
    const defaultChild = (split.missingTrue ? onTrue : onFalse).attributes.id
    return el('Node', { id, recordCount: this.#count(index), defaultChild }, predicate, onTrue, onFalse)
  }

  /** Rows in a node; of trees that nobody looks at one by one they are left out. */
  #count(index: number): number | undefined {
    return this.#ensemble.roots.length === 1 ? this.#ensemble.counts?.[index] : undefined
  }

  #split(index: number): Split {
    const e = this.#ensemble
    const column = this.#columns[e.column[index] ?? 0] as Column
    const mode = e.mode[index] as number
    const missingTrue = e.missingTrue[index] === 1
    if (column.kind === 'indicator') return this.#indicatorSplit(index, column)
    if (column.kind === 'constant' && typeof column.value === 'number') return this.#constantSplit(index, column.value)
    const field = this.#field(e.column[index] ?? 0) as Field
    const { name } = field
    if (mode === SPLIT.in || (field.dataType === 'string' && (mode === SPLIT.equal || mode === SPLIT.notEqual))) {
      const members = e.sets[e.threshold[index] ?? 0] ?? []
      const isInside = mode !== SPLIT.notEqual
      return { whenTrue: membership(name, field, members, isInside, missingTrue === isInside), missingTrue }
    }
    return { whenTrue: comparison(mode, e.threshold[index] ?? 0, field), missingTrue }
  }

  #constantSplit(index: number, value: number): Split {
    const e = this.#ensemble
    const missingTrue = e.missingTrue[index] === 1
    const truth = Number.isNaN(value)
      ? missingTrue
      : holds(e.mode[index] as number, value, e.threshold[index] ?? 0, e.sets)
    return { whenTrue: el(truth ? 'True' : 'False'), missingTrue }
  }

  /** A test of a 0/1 column says whether the field is one of the category's members. */
  #indicatorSplit(index: number, column: Extract<Column, { kind: 'indicator' }>): Split {
    const e = this.#ensemble
    const truth = (x: number) => holds(e.mode[index] as number, x, e.threshold[index] ?? 0, e.sets)
    const [atZero, atOne] = [truth(0), truth(1)]
    const missingTrue = column.missing ? atOne : atZero
    if (atZero === atOne) return { whenTrue: el(atOne ? 'True' : 'False'), missingTrue }
    const isOthers = column.others === true
    const isInside = atOne !== isOthers
    return {
      whenTrue: membership(column.field.name, column.field, column.members, isInside, column.missing !== isOthers),
      missingTrue,
    }
  }
}

function holds(mode: number, x: number, threshold: number, sets: readonly (readonly Category[])[]): boolean {
  switch (mode) {
    case SPLIT.lessOrEqual:
      return x <= threshold
    case SPLIT.less:
      return x < threshold
    case SPLIT.greaterOrEqual:
      return x >= threshold
    case SPLIT.greater:
      return x > threshold
    case SPLIT.equal:
      return x === threshold
    case SPLIT.notEqual:
      return x !== threshold
    default:
      return sets[threshold]?.includes(x) ?? false
  }
}

/**
 * Whether a field is one of some values (`isInside`), or is none of them. A missing value makes tests of values unknown,
 * and the node's default child decides; tests of no values at all are never unknown, so they have to say themselves on
 * which side a missing value is.
 */
function membership(
  name: string,
  field: Field,
  members: readonly Category[],
  isInside: boolean,
  missingInside: boolean,
): Element {
  const values = members.map((member) => formatValue(member, field.dataType))
  const [only] = values
  if (only === undefined) {
    if (!missingInside) return el(isInside ? 'False' : 'True')
    return el('SimplePredicate', { field: name, operator: isInside ? 'isMissing' : 'isNotMissing' })
  }
  if (values.length === 1) {
    return el('SimplePredicate', { field: name, operator: isInside ? 'equal' : 'notEqual', value: only })
  }
  const type = field.dataType === 'string' ? 'string' : 'real'
  const array = el('Array', { type, n: values.length }, arrayText(values))
  return el('SimpleSetPredicate', { field: name, booleanOperator: isInside ? 'isIn' : 'isNotIn' }, array)
}

/** Space-separated, quoted where a value has spaces or quotes or is empty (PMML's Array). */
export function arrayText(values: readonly string[]): string {
  return values.map((v) => (v === '' || /[\s"]/.test(v) ? `"${v.replaceAll('"', '\\"')}"` : v)).join(' ')
}

const OPERATOR: Readonly<Record<number, string>> = {
  [SPLIT.lessOrEqual]: 'lessOrEqual',
  [SPLIT.less]: 'lessThan',
  [SPLIT.greaterOrEqual]: 'greaterOrEqual',
  [SPLIT.greater]: 'greaterThan',
  [SPLIT.equal]: 'equal',
  [SPLIT.notEqual]: 'notEqual',
}

/** On a float field the threshold is read as a float: it must round to the side that keeps every float32 where it was. */
function comparison(mode: number, threshold: number, field: Field): Element {
  const test = (operator: string, value: string) => el('SimplePredicate', { field: field.name, operator, value })
  if (field.dataType === 'boolean') {
    // not ordered in PMML: `b <= 0.5` is `b = false`
    const [atFalse, atTrue] = [holds(mode, 0, threshold, []), holds(mode, 1, threshold, [])]
    return atFalse === atTrue ? el(atTrue ? 'True' : 'False') : test('equal', String(atTrue))
  }
  const operator = OPERATOR[mode] ?? 'equal'
  if (field.dataType !== 'float') return test(operator, formatNumber(threshold))
  const towardsMinus = mode === SPLIT.lessOrEqual || mode === SPLIT.greater
  return test(operator, formatFloat32(towardsMinus ? float32Floor(threshold) : -float32Floor(-threshold)))
}
