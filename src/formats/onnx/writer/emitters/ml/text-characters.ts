import type { ValueName } from '../../../../../core/ir/builder.ts'
import { tensorOf } from '../../../../../core/ir/tensor.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { stripAccents } from '../../../../../core/ops/ml/token-counts.ts'
import type { EmitContext } from '../../emitter.ts'
import { row } from './constants.ts'
import { lookup } from './lookup.ts'
import { re2Pattern } from './re2-pattern.ts'

type TokenCounts = MlAttributes['ml.tokenCounts']

/** Fills up the rows of tokens; no text that a user types has it, so no n-gram of the vocabulary does. */
export const PADDING = '\u0001'

/** A token that no text has. */
export const NEVER = '\u0002'

/**
 * The matches of a pattern of RE2 in texts of any shape, [..., most]: at each place the longest. No third dimension (its size is 0)
 * where none of the texts has a match.
 */
export const matches = (ctx: EmitContext, text: ValueName, pattern: string): ValueName =>
  tokenized(ctx, text, { tokenexp: pattern })

/** What stands between the matches of a pattern of RE2, [..., most]. */
export const pieces = (ctx: EmitContext, text: ValueName, separator: string): ValueName =>
  tokenized(ctx, text, { separators: [separator] })

/**
 * The match of a pattern of RE2 in each of the texts [N, L], of which a text can have one only; PADDING where it has none.
 */
export function onlyMatch(ctx: EmitContext, texts: ValueName, pattern: string): ValueName {
  const g = ctx.graph
  const rows = g.op('Shape', [texts], { start: 0, end: 1 })
  // A column that always has a match, and is taken off again: without any there would be no third dimension.
  const filler = g.op('Expand', [row(g, [NEVER], 'string'), g.op('Concat', [rows, g.int64([1])], { axis: 0 })])
  const found = matches(ctx, g.op('Concat', [texts, filler], { axis: 1 }), `${pattern}|^${NEVER}$`)
  const flat = g.op('Reshape', [found, g.int64([0, -1])])
  return g.op('Slice', [flat, g.int64([0]), g.int64([-1]), g.int64([1])])
}

/** ONNX Runtime's own operator. */
function tokenized(ctx: EmitContext, text: ValueName, how: Readonly<Record<string, unknown>>): ValueName {
  const found = ctx.graph.op('com.microsoft.Tokenizer', [text], {
    mark: 0,
    mincharnum: 1,
    pad_value: PADDING,
    ...how,
  })
  // States the type, which ONNX's shape inference cannot tell after a Tokenizer.
  return ctx.graph.op('Cast', [found], { to: 'string' })
}

/** RE2's pattern of one character of any kind. */
export const ANY_CHARACTER = '(?s:.)'

/** Characters with a decomposition stand below the first limit, or are ideographs between the others. */
const DECOMPOSED: readonly (readonly [number, number])[] = [
  [0x80, 0xd800],
  [0xe000, 0x20000],
  [0x2f800, 0x2fa20],
]

const isHangul = (code: number) => code >= 0xac00 && code < 0xd7a4

/** What characters become without accents, those that change; Hangul's thousands only where the vocabulary has their parts. */
function replacements({ stripAccents: kind, vocabulary }: TokenCounts): Map<string, string> {
  const withHangul = vocabulary.some((term) => /[\u1100-\u11ff]/.test(term))
  const changed = new Map<string, string>()
  for (const [start, end] of DECOMPOSED) {
    for (let code = start; code < end; code++) {
      const c = String.fromCodePoint(code)
      if ((isHangul(code) && !withHangul) || (c.normalize('NFKD') === c && !/\p{M}/u.test(c))) continue
      const plain = stripAccents(c, kind)
      // All that is not ASCII goes anyway.
      if (plain !== c && !(kind === 'ascii' && plain === '')) changed.set(c, plain)
    }
  }
  return changed
}

/** Texts [N] without accents: character by character, and joined again. */
export function withoutAccents(ctx: EmitContext, text: ValueName, attributes: TokenCounts): ValueName {
  const characters = matches(ctx, text, ANY_CHARACTER)
  const table = replacements(attributes)
  if (attributes.stripAccents !== 'ascii') return joined(ctx, substituted(ctx, characters, table), text)
  for (let code = 3; code < 0x80; code++) table.set(String.fromCharCode(code), String.fromCharCode(code))
  const ascii = lookup(ctx, characters, {
    keys: [...table.keys()],
    values: [...table.values()],
    otherwise: '',
    missing: '',
    type: 'string',
  })
  return joined(ctx, ascii, text)
}

/** The parts [N, L] of texts, those in the table replaced and fillers gone. */
export function substituted(ctx: EmitContext, parts: ValueName, table: ReadonlyMap<string, string>): ValueName {
  const g = ctx.graph
  const replaced = lookup(ctx, parts, {
    keys: [PADDING, ...table.keys()],
    values: ['', ...table.values()],
    otherwise: NEVER,
    missing: '',
    type: 'string',
  })
  const stays = g.op('Equal', [replaced, row(g, [NEVER], 'string')])
  return g.op('Where', [stays, parts, replaced])
}

/** The texts [N, L] of each row one after the other, [N], in a Loop over the columns. */
export function joined(ctx: EmitContext, parts: ValueName, like: ValueName): ValueName {
  const g = ctx.graph
  // Before the body takes its names, which must be others.
  const columns = g.op('Squeeze', [g.op('Shape', [parts], { start: 1, end: 2 }), g.int64([0])])
  const always = g.constant(tensorOf('bool', [], Uint8Array.of(1)), 'always')
  const empty = g.op('Expand', [g.strings(['']), g.op('Shape', [like])])

  const body = g.child('join')
  const column = body.input(body.freeName('column'), { dtype: 'int64', shape: [] })
  const going = body.input(body.freeName('going'), { dtype: 'bool', shape: [] })
  const before = body.input(body.freeName('before'), { dtype: 'string', shape: ['N'] })
  const after = body.op('StringConcat', [before, body.op('Gather', [parts, column], { axis: 1 })])
  const outputs = [body.op('Identity', [going]), after]
  return g.op('Loop', [columns, always, empty], { body: { ...body.build(outputs), dialect: 'onnx' } })
}

const SPACES = re2Pattern('\\s\\s+') as string
const WORD = re2Pattern('\\S+') as string

/** The characters of texts [N] as tokens [N, L], runs of white space as one space each. */
export function characterTokens(ctx: EmitContext, text: ValueName): ValueName {
  const g = ctx.graph
  const tokens = matches(ctx, text, `${SPACES}|${ANY_CHARACTER}`)
  const isRun = g.op('RegexFullMatch', [tokens], { pattern: SPACES })
  return g.op('Where', [isRun, row(g, [' '], 'string'), tokens])
}

/**
 * The characters of each word between two spaces, all words of a row one after the other, [N, L]: no n-gram of the vocabulary
 * has two spaces side by side or a filler, so none is found across words.
 */
export function boundedCharacterTokens(ctx: EmitContext, text: ValueName): ValueName {
  const g = ctx.graph
  // One word that is never looked for: texts without words would make a table without columns.
  const words = matches(ctx, g.op('StringConcat', [text, g.strings([` ${NEVER}`])]), WORD)
  const space = row(g, [' '], 'string')
  const bounded = g.op('StringConcat', [g.op('StringConcat', [space, words]), space])
  return g.op('Reshape', [matches(ctx, bounded, ANY_CHARACTER), g.int64([0, -1])])
}
