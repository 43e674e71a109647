import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import { type Column, type Field, number } from '../field.ts'
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
  const { trimPunctuation, vocabulary } = attributes
  if (!trimPunctuation && (!separator.takesPunctuation || vocabulary.some(isTrimmed)))
    noteTrimming(ctx, node, attributes)
  const [column] = ctx.columns(node.inputs[0] ?? '')
  if (!column) return ctx.block(node, 'malformed', 'a vectorizer without its text')
  const text = ctx.field(column)
  const field = attributes.lowercase ? lowercase(ctx, text) : text
  const count = ctx.defineFunction('count', ['text', 'term'], countFunction(attributes.binary, separator.pattern))
  return vocabulary.map((term): Column => {
    if (!trimPunctuation && isTrimmed(term)) return number(0)
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
  if (attributes.analyzer !== 'word') return `an analyzer of characters (${attributes.analyzer})`
  if (attributes.stripAccents) return 'stripping accents'
  return separator === undefined ? `the token pattern ${attributes.pattern}` : undefined
}

/** A term that begins or ends with punctuation, which PMML strips from the words of texts and of terms alike. */
const isTrimmed = (term: string) => /^\p{P}|\p{P}$/u.test(term)

function noteTrimming(ctx: PmmlContext, node: Node, { pattern, vocabulary }: TokenCounts): void {
  const lost = vocabulary.filter(isTrimmed)
  const terms =
    lost.length > 0 ? `; it does not count ${lost.slice(0, 3).join(', ')}${lost.length > 3 ? ' …' : ''}` : ''
  ctx.diagnostics.push({
    severity: 'approximate',
    code: 'trimmed-words',
    message: `PMML takes punctuation off both ends of a word, which the token pattern ${pattern} leaves there${terms}`,
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
