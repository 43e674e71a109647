import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { Column, Field } from '../field.ts'
import { constantElement } from '../indicator.ts'
import { type Separator, separatorOf } from './word-separator.ts'

type TokenCounts = MlAttributes['ml.tokenCounts']

/** ml.tokenCounts as calls of a function of TextIndex, one per term of the vocabulary. */
export const tokenCountEmitters: Readonly<Record<string, Emitter>> = { 'ml.tokenCounts': tokenCounts }

const HINT =
  'Convert to ONNX instead, or fit with words as tokens (the default token_pattern) and without strip_accents.'

function tokenCounts(ctx: PmmlContext, node: Node): readonly Column[] {
  const attributes = node.attributes as unknown as MlAttributes['ml.tokenCounts']
  const separator = separatorOf(attributes)
  const obstacle = obstacleOf(attributes, separator)
  if (obstacle || separator === undefined) {
    return ctx.block(node, 'unsupported-tokens', `${obstacle} has no PMML form`, HINT)
  }
  if (!attributes.trimPunctuation && !separator.takesPunctuation) noteTrimming(ctx, node, attributes.pattern)
  const [column] = ctx.columns(node.inputs[0] ?? '')
  if (!column) return ctx.block(node, 'malformed', 'a vectorizer without its text')
  const text = ctx.field(column)
  const field = attributes.lowercase ? lowercase(ctx, text) : text
  const count = ctx.defineFunction('count', ['text', 'term'], countFunction(attributes.binary, separator.pattern))
  return attributes.vocabulary.map((term): Column => {
    const arguments_ = [el('FieldRef', { field: field.name }), constantElement(term, 'string')]
    const expression = el('Apply', { function: count }, arguments_)
    const name = `count(${text.name}, ${term})`
    return { kind: 'expression', expression, inputs: [field], dataType: 'double', name, named: true }
  })
}

/** How often `term` occurs in `text`. A missing text has no terms. */
function countFunction(binary: boolean, wordSeparatorCharacterRE: string): Element {
  const count = el(
    'TextIndex',
    {
      textField: 'text',
      localTermWeights: binary ? 'binary' : 'termFrequency',
      isCaseSensitive: true,
      wordSeparatorCharacterRE,
    },
    el('FieldRef', { field: 'term' }),
  )
  const isEmpty = el('Apply', { function: 'isMissing' }, el('FieldRef', { field: 'text' }))
  return el('Apply', { function: 'if' }, isEmpty, constantElement(0, 'double'), count)
}

/** What PMML's TextIndex can not do. */
function obstacleOf(attributes: TokenCounts, separator: Separator | undefined): string | undefined {
  const { analyzer, stripAccents, vocabulary, trimPunctuation } = attributes
  if (analyzer !== 'word') return `an analyzer of characters (${analyzer})`
  if (stripAccents) return 'stripping accents'
  if (separator === undefined) return `the token pattern ${attributes.pattern}`
  const trimmed = trimPunctuation ? undefined : vocabulary.find((term) => /^\p{P}|\p{P}$/u.test(term))
  return trimmed === undefined ? undefined : `the term ${trimmed}, which begins or ends with punctuation,`
}

function noteTrimming(ctx: PmmlContext, node: Node, pattern: string): void {
  ctx.diagnostics.push({
    severity: 'approximate',
    code: 'trimmed-words',
    message: `PMML takes punctuation off both ends of a word, which the token pattern ${pattern} leaves there`,
    hint: 'Texts without words in quotes or the like give the same numbers.',
    origin: node.origin,
    operator: node.op,
  })
}

function lowercase(ctx: PmmlContext, text: Field): Field {
  // some evaluators refuse to make a missing text lower case
  const isText = el('Apply', { function: 'isNotMissing' }, el('FieldRef', { field: text.name }))
  const lower = el('Apply', { function: 'lowercase' }, el('FieldRef', { field: text.name }))
  const expression = el('Apply', { function: 'if' }, isText, lower)
  return ctx.derive(expression, [text], 'string', `lowercase(${text.name})`)
}
