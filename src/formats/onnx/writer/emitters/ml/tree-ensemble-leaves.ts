import type { TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'

/**
 * The one target of each leaf, when no leaf has more: boosted classifiers, whose trees are for one class each. Then the zeros in
 * a leaf's row say nothing, because the values are added up.
 */
export function targetOfLeaf({ leafValues, targets, aggregate }: TreeEnsemble): Int32Array | undefined {
  const leaves = leafValues.length / targets
  const target = new Int32Array(leaves)
  if (targets === 1) return target
  if (aggregate !== 'sum' && aggregate !== 'average') return undefined
  for (let leaf = 0; leaf < leaves; leaf++) {
    let found = 0
    for (let k = 0; k < targets; k++) {
      if (leafValues[leaf * targets + k] === 0) continue
      target[leaf] = k
      if (++found > 1) return undefined
    }
  }
  return target
}

/** The distinct rows of leaf values, and which one each leaf has: fully grown trees have few. */
export function leafRows({ leafValues, targets }: TreeEnsemble): { rows: Float64Array; rowOfLeaf: Int32Array } {
  const leaves = leafValues.length / targets
  const rowOfLeaf = new Int32Array(leaves)
  const known = new Map<string, number>()
  const rows: number[] = []
  for (let leaf = 0; leaf < leaves; leaf++) {
    const row = leafValues.subarray(leaf * targets, (leaf + 1) * targets)
    const key = row.join()
    let index = known.get(key)
    if (index === undefined) {
      index = known.size
      known.set(key, index)
      for (const value of row) rows.push(value)
    }
    rowOfLeaf[leaf] = index
  }
  return { rows: Float64Array.from(rows), rowOfLeaf }
}
