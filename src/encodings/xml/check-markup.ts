import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import type { XmlLimits } from './limits.ts'

/**
 * Checks tags before the parser builds anything: they are closed in order, within the limits, under one root, and no
 * entity is declared. The parser itself takes mismatched and missing end tags without a word.
 *
 * Throws MalformedFileError with line and column, LimitExceededError, UnsupportedError for a DOCTYPE with
 * declarations (entities in them are how a small file expands to gigabytes).
 */
export function checkMarkup(text: string, limits: XmlLimits): void {
  if (text.length > limits.maxLength) throw limitError('has more characters', limits.maxLength)
  const open: string[] = []
  let elements = 0
  let roots = 0
  let at = text.indexOf('<')
  if (at === -1 || text.slice(0, at).trim() !== '') throw malformed(text, 0, 'this is not XML')
  while (at !== -1) {
    const next = text.charCodeAt(at + 1)
    let end: number
    if (next === QUESTION) end = endOf(text, at, '?>', 'a processing instruction')
    else if (next === EXCLAMATION) end = endOfSpecial(text, at, roots)
    else if (next === SLASH) {
      end = endOf(text, at, '>', 'an end tag')
      const name = text.slice(at + 2, end - 1).trimEnd()
      const expected = open.pop()
      if (name !== expected) {
        const what = expected === undefined ? 'closes nothing' : `stands where </${expected}> should`
        throw malformed(text, at, `</${name}> ${what}`)
      }
    } else {
      end = endOfTag(text, at)
      if (open.length === 0 && ++roots > 1) throw malformed(text, at, 'there is a second root element')
      if (++elements > limits.maxElements) throw limitError('has more elements', limits.maxElements)
      if (text.charCodeAt(end - 2) !== SLASH) {
        open.push(tagName(text, at, end))
        if (open.length > limits.maxDepth) throw limitError('nests elements deeper', limits.maxDepth)
      } else tagName(text, at, end)
    }
    at = text.indexOf('<', end)
  }
  const unclosed = open.at(-1)
  if (unclosed !== undefined) throw malformed(text, text.length, `the file ends inside <${unclosed}>`)
  if (roots === 0) throw malformed(text, text.length, 'there is no element')
}

const EXCLAMATION = 33
const QUOTE = 34
const APOSTROPHE = 39
const SLASH = 47
const GREATER = 62
const QUESTION = 63

function endOf(text: string, at: number, terminator: string, what: string): number {
  const end = text.indexOf(terminator, at)
  if (end === -1) throw malformed(text, at, `${what} does not end`)
  return end + terminator.length
}

function endOfSpecial(text: string, at: number, roots: number): number {
  if (text.startsWith('<!--', at)) return endOf(text, at + 4, '-->', 'a comment')
  if (text.startsWith('<![CDATA[', at)) return endOf(text, at, ']]>', 'a CDATA section')
  if (!text.startsWith('<!DOCTYPE', at) || roots > 0) throw malformed(text, at, 'this markup does not belong here')
  const end = endOfTag(text, at)
  if (text.slice(at, end).includes('[')) {
    throw new UnsupportedError(`The XML file declares a document type of its own (${place(text, at)})`, {
      hint: 'Entities can make a small file explode, so declarations are not read. Remove the DOCTYPE.',
    })
  }
  return end
}

/** Behind the `>` that ends a tag; those inside quotes do not. */
function endOfTag(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === GREATER) return i + 1
    if (code === QUOTE || code === APOSTROPHE) {
      i = text.indexOf(code === QUOTE ? '"' : "'", i + 1)
      if (i === -1) break
    }
  }
  throw malformed(text, at, 'a tag does not end')
}

function tagName(text: string, at: number, end: number): string {
  let i = at + 1
  for (; i < end - 1; i++) {
    const code = text.charCodeAt(i)
    if (code <= 32 || code === SLASH) break
  }
  const name = text.slice(at + 1, i)
  if (!/^[\p{L}_][\p{L}\p{N}\p{M}_.:·-]*$/u.test(name)) {
    throw malformed(text, at, `${JSON.stringify(name.slice(0, 50))} can not be the name of an element`)
  }
  return name
}

function place(text: string, at: number): string {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return `line ${line}, column ${at - before.lastIndexOf('\n')}`
}

function malformed(text: string, at: number, what: string): MalformedFileError {
  return new MalformedFileError(`XML: ${what} (${place(text, at)})`, { context: { character: at } })
}

function limitError(what: string, limit: number): LimitExceededError {
  return new LimitExceededError(`The XML file ${what} than ${limit}`, {
    hint: 'No real model is like this: the file is damaged or hostile.',
    context: { limit },
  })
}
