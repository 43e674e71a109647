import { UnsupportedError } from '../../errors.ts'
import type { Attributes } from '../../ir/graph.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { flag, number, text, texts } from './attributes.ts'
import { evalTensor, required, take, textsIn } from './eval-tensor.ts'
import { broadcastInputs, inputType, shapeOf, shapeOfInput } from './infer.ts'
import { broadcastShape, broadcastStrides, stridedOffsets } from './strides.ts'

const CASES: Readonly<Record<string, (s: string) => string>> = {
  LOWER: (s) => s.toLowerCase(),
  UPPER: (s) => s.toUpperCase(),
  NONE: (s) => s,
}

/** Removes stop words and changes case; when nothing is left, one empty text is. x is [C] or [1, C]. */
function normalize(x: EvalTensor, attributes: Attributes): EvalTensor {
  const change = CASES[text(attributes, 'case_change_action', 'NONE')] as (s: string) => string
  const compare = flag(attributes, 'is_case_sensitive', false) ? CASES['NONE']! : CASES['LOWER']!
  const stops = new Set(texts(attributes, 'stopwords', []).map(compare))
  const kept = textsIn(x)
    .filter((s) => !stops.has(compare(s)))
    .map(change)
  const result = kept.length > 0 ? kept : ['']
  return evalTensor('string', [...x.shape.slice(0, -1), result.length], result)
}

/** Python's str.split: without a delimiter on runs of white space, with at most `limit` splits. */
export function splitText(s: string, delimiter: string, limit: number): string[] {
  const parts: string[] = []
  let rest = delimiter === '' ? s.trimStart() : s
  while (parts.length < limit) {
    const found = delimiter === '' ? /\s+/.exec(rest) : { index: rest.indexOf(delimiter), 0: delimiter }
    if (!found || found.index < 0) break
    parts.push(rest.slice(0, found.index))
    rest = rest.slice(found.index + found[0].length)
  }
  return delimiter === '' && rest === '' ? parts : [...parts, rest]
}

function split(x: EvalTensor, attributes: Attributes): EvalTensor[] {
  const limit = attributes['maxsplit'] === undefined ? Number.POSITIVE_INFINITY : number(attributes, 'maxsplit')
  const lists = textsIn(x).map((s) => splitText(s, text(attributes, 'delimiter', ''), limit))
  const width = lists.reduce((n, list) => Math.max(n, list.length), 0)
  const padded = lists.flatMap((list) => Array.from({ length: width }, (_, i) => list[i] ?? ''))
  return [
    evalTensor('string', [...x.shape, width], padded),
    evalTensor(
      'int64',
      x.shape,
      Float64Array.from(lists, (list) => list.length),
    ),
  ]
}

/** RE2's syntax as a regular expression that must match all of a text; leading flags and named groups are rewritten. */
export function fullMatch(pattern: string): RegExp {
  const [, flags = '', body = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? []
  const source = `^(?:${body.replaceAll('(?P<', '(?<')})$`
  try {
    return new RegExp(source, `u${flags}`)
  } catch {
    // Unicode mode refuses needless escapes such as \@, which RE2 takes.
    return withoutUnicode(source, flags, pattern)
  }
}

function withoutUnicode(source: string, flags: string, pattern: string): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (cause) {
    throw new UnsupportedError(`the regular expression ${pattern} can not be evaluated here`, { cause })
  }
}

/** Operators on text. */
export const textOps: readonly OpSpec[] = [
  {
    op: 'StringConcat',
    infer: broadcastInputs('string'),
    evaluate: (inputs) => {
      const [a, b] = [required(inputs, 0), required(inputs, 1)]
      const shape = broadcastShape(a.shape, b.shape)
      const [x, y] = [a, b].map((t) => textsIn(take(t, stridedOffsets(shape, broadcastStrides(t.shape, shape)), shape)))
      return [
        evalTensor(
          'string',
          shape,
          Array.from({ length: elementCount(shape) }, (_, i) => x![i]! + y![i]!),
        ),
      ]
    },
  },
  {
    op: 'StringNormalizer',
    infer: (ctx) => {
      const shape = shapeOf(ctx, 0)
      return [{ dtype: 'string', shape: shape && [...shape.slice(0, -1), null] }]
    },
    evaluate: (inputs, ctx) => [normalize(required(inputs, 0), ctx.attributes)],
  },
  {
    op: 'StringSplit',
    infer: (ctx) => {
      const { shape } = inputType(ctx, 0)
      return [
        { dtype: 'string', shape: shape && [...shape, null] },
        { dtype: 'int64', shape },
      ]
    },
    evaluate: (inputs, ctx) => split(required(inputs, 0), ctx.attributes),
  },
  {
    op: 'RegexFullMatch',
    infer: shapeOfInput(0, 'bool'),
    evaluate: (inputs, ctx) => {
      const pattern = fullMatch(text(ctx.attributes, 'pattern'))
      const x = required(inputs, 0)
      return [
        evalTensor(
          'bool',
          x.shape,
          Float64Array.from(textsIn(x), (s) => (pattern.test(s) ? 1 : 0)),
        ),
      ]
    },
  },
]
