import { describe, expect, it } from 'vitest'
import { fullMatch, splitText } from './text.ts'

describe('fullMatch', () => {
  it.each([
    ['(?i)abc', 'ABC', true],
    ['abc', 'xabc', false],
    ['a|bc', 'bc', true],
    ['(?P<user>\\w+)\\@x', 'me@x', true],
    ['.', '😀', true],
    ['a.b', 'a\nb', false],
    ['(?s)a.b', 'a\nb', true],
  ])('%s on %j: %s', (pattern, text, expected) => {
    expect(fullMatch(pattern).test(text)).toBe(expected)
  })

  it('refuses what is no regular expression', () => {
    expect(() => fullMatch('(')).toThrow('the regular expression ( can not be evaluated here')
  })
})

describe('splitText', () => {
  it.each([
    [' a  b c ', '', Number.POSITIVE_INFINITY, ['a', 'b', 'c']],
    [' a  b c ', '', 1, ['a', 'b c ']],
    ['', '', Number.POSITIVE_INFINITY, []],
    ['', ',', Number.POSITIVE_INFINITY, ['']],
    [',a,,b', ',', Number.POSITIVE_INFINITY, ['', 'a', '', 'b']],
    ['a,b,c', ',', 1, ['a', 'b,c']],
  ])('%j by %j, at most %d times, as str.split does', (text, delimiter, limit, parts) => {
    expect(splitText(text, delimiter, limit)).toEqual(parts)
  })
})
