import { MalformedFileError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { text } from './attributes.ts'
import { broadcastDim } from './dims.ts'
import { evalTensor, numbersIn, required } from './eval-tensor.ts'
import { fail, inputType, sharedType } from './infer.ts'
import { stridedOffsets, stridesOf } from './strides.ts'

/** An equation with its ellipses spelled out: one label per axis. */
export interface Equation {
  readonly inputs: readonly (readonly string[])[]
  readonly output: readonly string[]
}

/** Parses an equation for operands of these ranks. Throws MalformedFileError when it does not fit them. */
export function parseEquation(equation: string, ranks: readonly number[]): Equation {
  const compact = equation.replaceAll(/\s/g, '')
  const [left = '', right] = compact.split('->')
  const terms = left.split(',')
  if (terms.length !== ranks.length) throw new MalformedFileError(`the equation ${equation} has ${terms.length} terms`)
  const extraOf = (term: string, rank: number) => rank - term.replace('...', '').length
  const extra = Math.max(0, ...terms.map((t, i) => (t.includes('...') ? extraOf(t, ranks[i]!) : 0)))
  const spell = (term: string, count: number) => {
    const [before = '', after] = term.split('...')
    if (after === undefined) return [...before]
    const dots = Array.from({ length: count }, (_, i) => `.${extra - count + i}`)
    return [...before, ...dots, ...after]
  }
  const inputs = terms.map((term, i) => {
    const labels = spell(term, extraOf(term, ranks[i]!))
    if (labels.length !== ranks[i]) throw new MalformedFileError(`the term ${term} does not have ${ranks[i]} axes`)
    return labels
  })
  if (right !== undefined) return { inputs, output: spell(right, extra) }
  const all = inputs.flat()
  const once = [...new Set(all)].filter((l) => !l.startsWith('.') && all.indexOf(l) === all.lastIndexOf(l)).sort()
  return { inputs, output: [...spell('...', extra), ...once] }
}

function einsum(tensors: readonly EvalTensor[], { inputs, output }: Equation): EvalTensor {
  const sizes = new Map<string, number>()
  for (const [i, labels] of inputs.entries()) {
    for (const [axis, label] of labels.entries()) {
      sizes.set(label, Math.max(sizes.get(label) ?? 1, tensors[i]!.shape[axis]!))
    }
  }
  const summed = [...sizes.keys()].filter((l) => !output.includes(l))
  const sizesOf = (labels: readonly string[]) => labels.map((l) => sizes.get(l) ?? 1)
  // A label that stands twice in a term walks the diagonal: its strides add up.
  const strideOf = (i: number, label: string) => {
    const strides = stridesOf(tensors[i]!.shape)
    return inputs[i]!.reduce((n, l, a) => (l === label && tensors[i]!.shape[a] !== 1 ? n + strides[a]! : n), 0)
  }
  const offsetsOf = (i: number, labels: readonly string[]) =>
    stridedOffsets(
      sizesOf(labels),
      labels.map((l) => strideOf(i, l)),
    )
  const outer = tensors.map((_, i) => offsetsOf(i, output))
  const inner = tensors.map((_, i) => offsetsOf(i, summed))
  const data = tensors.map(numbersIn)
  const shape = sizesOf(output)
  const result = new Float64Array(elementCount(shape))
  const steps = elementCount(sizesOf(summed))
  for (let o = 0; o < result.length; o++) {
    let total = 0
    for (let s = 0; s < steps; s++) {
      let term = 1
      for (let i = 0; i < data.length; i++) term *= data[i]![outer[i]![o]! + inner[i]![s]!]!
      total += term
    }
    result[o] = total
  }
  return evalTensor(tensors[0]!.dtype, shape, result)
}

/** Einsum, by direct summation. */
export const einsumOps: readonly OpSpec[] = [
  {
    op: 'Einsum',
    infer: (ctx) => {
      const types = ctx.inputs.map((_, i) => inputType(ctx, i))
      const dtype = sharedType(ctx, [...types.keys()])
      const shapes = types.flatMap((t) => (t.shape ? [t.shape] : []))
      if (shapes.length < types.length) return [{ dtype, shape: null }]
      const equation = parseEquation(
        text(ctx.attributes, 'equation'),
        shapes.map((s) => s.length),
      )
      const sizes = new Map<string, Dim>()
      for (const [i, labels] of equation.inputs.entries()) {
        for (const [axis, label] of labels.entries()) {
          const before = sizes.get(label)
          const dim = shapes[i]![axis] ?? null
          const both = before === undefined ? dim : broadcastDim(before, dim)
          sizes.set(label, both === undefined ? fail(ctx, `the sizes of ${label} differ`) : both)
        }
      }
      return [{ dtype, shape: equation.output.map((l) => sizes.get(l) ?? null) }]
    },
    evaluate: (inputs, ctx) => {
      const tensors = inputs.map((_, i) => required(inputs, i))
      const ranks = tensors.map((t) => t.shape.length)
      return [einsum(tensors, parseEquation(text(ctx.attributes, 'equation'), ranks))]
    },
  },
]
