import { describe, expect, it } from 'vitest'
import { evaluate } from './testing/evaluate.ts'

/** scikit-learn 1.9.1, SVC(probability=True, random_state=0, C=0.5, gamma=0.3) on iris, rows 0, 60, 77, 110, 134. */
const decisions = [
  [1.1872572210521557, 1.1568053679228807, 0.01057573984384641],
  [-1.0667027318467555, -0.4162135988245856, 0.93990300199074],
  [-1.0014163974951473, -0.9960480095871715, 0.01348716514192666],
  [-0.9119921984225949, -1.0312517607014777, -0.5622794749241469],
  [-0.8085233519800725, -1.0037759246922822, -0.8831354385947333],
]
const a = Float64Array.of(-3.654778187984225, -3.7436892116120255, -3.545391378960604)
const b = Float64Array.of(0.00033852149502090046, 0.07789207021585846, 0.07270490652809247)
const probabilities = [
  [0.9732401353188617, 0.012992416060766582, 0.013767448620371743],
  [0.014447997755642613, 0.9480309454822093, 0.03752105676214823],
  [0.011871605455852127, 0.4878818994138911, 0.5002464951302567],
  [0.010671457615455337, 0.11157048164346903, 0.8777580607410754],
  [0.011164602142880183, 0.03952094687455358, 0.9493144509825663],
]
const scores = [
  [2.2336541782743664, 0.819804981211565, -0.17953789231059578],
  [-0.19908260195922967, 2.222466341502023, 0.885433911907516],
  [-0.2221282319330487, 2.1678994438338917, 1.165200620399317],
  [-0.22007961126248757, 1.0863671993331032, 2.204808436947065],
  [-0.21480635574659904, 0.9768561178047326, 2.2178696798341826],
]

describe('one-versus-one classifiers', () => {
  it("couples probabilities to the last iteration of libsvm's", () => {
    const [p] = evaluate('ml.pairwiseProbability', { classes: 3, a, b }, decisions)
    for (const [i, expected] of probabilities.flat().entries()) expect(p?.data[i]).toBeCloseTo(expected, 14)
  })

  it('couples two classes as well', () => {
    // SVC(probability=True, random_state=0) on versicolor or not: Platt's sigmoid alone would give 0.58398.
    const [p] = evaluate(
      'ml.pairwiseProbability',
      { classes: 2, a: Float64Array.of(-4.2339835324432755), b: Float64Array.of(-0.591824033500102) },
      [[-0.05968302769147815], [1.4452983846328822]],
    )
    const expected = [0.5836672105147847, 0.41633278948521535, 0.9987827985901747, 0.0012172014098252456]
    for (const [i, value] of expected.entries()) expect(p?.data[i]).toBeCloseTo(value, 12)
  })

  it("breaks ties of votes by scikit-learn's confidences", () => {
    const [y] = evaluate('ml.pairwiseVote', { classes: 3, confidence: true }, decisions)
    for (const [i, expected] of scores.flat().entries()) expect(y?.data[i]).toBeCloseTo(expected, 13)
  })

  it('gives the vote of a decision of 0 to the second class', () => {
    const [y] = evaluate('ml.pairwiseVote', { classes: 3, confidence: false }, [[0, 1, -1]])
    expect([...(y?.data ?? [])]).toEqual([1, 1, 1])
  })
})
