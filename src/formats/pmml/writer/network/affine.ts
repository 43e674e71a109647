/** An element of a value inside a network: Σ weight · neuron + bias. */
export interface Affine {
  readonly terms: readonly Term[]
  readonly bias: number
}

export interface Term {
  /** The id of a NeuralInput or a Neuron. */
  readonly from: string
  readonly weight: number
}

export const constantAffine = (bias: number): Affine => ({ terms: [], bias })

/** What a neuron gives, as it is. */
export const outputOf = (from: string): Affine => ({ terms: [{ from, weight: 1 }], bias: 0 })

/** The neuron whose output this is, if it is one as it is. */
export function neuronOf({ terms, bias }: Affine): string | undefined {
  const [only] = terms
  return terms.length === 1 && only?.weight === 1 && bias === 0 ? only.from : undefined
}

/** Σ weight · part + bias. */
export function combination(parts: readonly (readonly [Affine, number])[], bias = 0): Affine {
  const [first] = parts
  if (parts.length === 1 && first && first[1] === 1 && bias === 0) return first[0]
  const weights = new Map<string, number>()
  let sum = bias
  for (const [part, weight] of parts) {
    if (weight === 0) continue
    sum += weight * part.bias
    for (const term of part.terms) weights.set(term.from, (weights.get(term.from) ?? 0) + weight * term.weight)
  }
  return { terms: Array.from(weights, ([from, weight]) => ({ from, weight })), bias: sum }
}
