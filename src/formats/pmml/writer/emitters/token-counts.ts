import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { el } from '../element.ts'
import type { Column, Field } from '../field.ts'
import { constantElement } from '../indicator.ts'

/** ml.tokenCounts as TextIndex expressions, one per term of the vocabulary. */
export const tokenCountEmitters: Readonly<Record<string, Emitter>> = { 'ml.tokenCounts': tokenCounts }

/** Patterns of tokens by their complements: what stands between tokens. `(?U)` is Java's Unicode-aware \w and \b. */
const SEPARATORS: Readonly<Record<string, string>> = {
  '(?u)\\b\\w\\w+\\b': '(?U)(?:\\W|\\b\\w\\b)+',
  '(?u)\\b\\w+\\b': '(?U)\\W+',
  '\\w+': '(?U)\\W+',
}

function tokenCounts(ctx: PmmlContext, node: Node): readonly Column[] {
  const attributes = node.attributes as unknown as MlAttributes['ml.tokenCounts']
  const separator = attributes.patternMatches === 'separators' ? attributes.pattern : separatorOf(attributes.pattern)
  const obstacle = obstacleOf(attributes, separator)
  if (obstacle) return ctx.block(node, 'unsupported-tokens', `${obstacle} has no PMML form`)
  const [column] = ctx.columns(node.inputs[0] ?? '')
  if (!column) return ctx.block(node, 'malformed', 'a vectorizer without its text')
  const text = ctx.field(column)
  const field = attributes.lowercase ? lowercase(ctx, text) : text
  return attributes.vocabulary.map((term): Column => {
    const count = el(
      'TextIndex',
      {
        textField: field.name,
        localTermWeights: attributes.binary ? 'binary' : 'termFrequency',
        isCaseSensitive: true,
        wordSeparatorCharacterRE: separator,
      },
      constantElement(term, 'string'),
    )
    // an empty text is a missing value, has no terms, and some evaluators refuse to make it lower case
    const isEmpty = el('Apply', { function: 'isMissing' }, el('FieldRef', { field: text.name }))
    const expression = el('Apply', { function: 'if' }, isEmpty, constantElement(0, 'double'), count)
    const name = `count(${text.name}, ${term})`
    return { kind: 'expression', expression, inputs: [text, field], dataType: 'double', name, named: true }
  })
}

/** The complement of a token pattern: of a well-known one, or of a run of one class of characters. */
function separatorOf(pattern: string): string | undefined {
  const characters = /^\[([^\\[\]^]+)\]\+$/.exec(pattern)?.[1]
  return SEPARATORS[pattern] ?? (characters === undefined ? undefined : `[^${characters}]+`)
}

/** What PMML's TextIndex can not do. */
function obstacleOf(attributes: MlAttributes['ml.tokenCounts'], separator: string | undefined): string | undefined {
  const { analyzer, stripAccents, stopWords, ngramRange } = attributes
  if (analyzer !== 'word') return `an analyzer of characters (${analyzer})`
  if (stripAccents) return 'stripping accents'
  // single stop words are simply not in the vocabulary
  if (stopWords && stopWords.length > 0 && ngramRange[1] > 1) return 'skipping stop words inside n-grams'
  return separator === undefined ? `the token pattern ${attributes.pattern}` : undefined
}

function lowercase(ctx: PmmlContext, text: Field): Field {
  const expression = el('Apply', { function: 'lowercase' }, el('FieldRef', { field: text.name }))
  return ctx.derive(expression, [text], 'string', `lowercase(${text.name})`)
}
