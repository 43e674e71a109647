import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { Model } from '../../../core/ir/model.ts'
import { forbiddenCharacter } from '../../../encodings/xml/write-xml.ts'

/** Names, categories and other texts of a model with characters that no XML document can hold: each blocks. */
export function unwritableTexts({ graph, inputs, outputs }: Model): Diagnostic[] {
  const found: Diagnostic[] = []
  const look = (text: string, what: string, origin: readonly string[] = [], operator?: string) => {
    const character = forbiddenCharacter(text)
    if (character === undefined) return
    found.push({
      severity: 'blocked',
      code: 'unwritable-text',
      message: `XML can not hold the character ${character}, which is in ${what} ${JSON.stringify(text.slice(0, 80))}`,
      hint: 'Rename it without control characters before training, or convert to ONNX.',
      origin,
      ...(operator === undefined ? {} : { operator }),
    })
  }
  for (const { name, values = [] } of inputs.flatMap(({ features = [] }) => features)) {
    look(name, 'the column')
    for (const value of values) look(String(value), `a value of ${name},`)
  }
  for (const { columns = [], classes = [] } of outputs) {
    for (const column of columns) look(column, 'the output')
    for (const label of classes) look(String(label), 'the class')
  }
  for (const { attributes, origin, op } of graph.nodes) {
    for (const text of textsIn(attributes)) look(text, 'the text', origin, op)
  }
  for (const { dtype, data } of graph.constants.values()) {
    if (dtype === 'string') for (const text of (data ?? []) as readonly string[]) look(text, 'the text')
  }
  return found
}

/** All texts in the values of attributes, however deep; numbers in bulk have none. */
function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const each of value) yield* textsIn(each)
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const each of Object.values(value)) yield* textsIn(each)
  }
}
