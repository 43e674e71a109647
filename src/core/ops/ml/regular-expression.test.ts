import { describe, expect, it } from 'vitest'
import { translatePattern } from './regular-expression.ts'

const find = (pattern: string, text: string) => text.match(translatePattern(pattern, 'gu'))

describe('patterns of Python in JavaScript', () => {
  it('knows words of all alphabets', () => {
    expect(find('(?u)\\b\\w\\w+\\b', 'été x 東京 a1_ 😀')).toEqual(['été', '東京', 'a1_'])
    expect(find('[\\w-]+', 'a-b é')).toEqual(['a-b', 'é'])
    expect(find('[^\\W\\d_]+', 'é1_x')).toEqual(['é', 'x'])
    expect(find('[\\W_]+', 'é1_ -x')).toEqual(['_ -'])
  })

  it('translates what is written differently', () => {
    expect(find('(?P<n>\\d)\\Z', 'a1 b2')).toEqual(['2'])
    expect(find('(?i)AB', 'xab')).toEqual(['ab'])
    expect(find('[[]a]', '[a]')).toEqual(['[a]'])
    expect(find('a{,x}', 'a{,x}')).toEqual(['a{,x}'])
    expect(find('a$', 'ba\n')).toEqual(['a'])
    expect(find('a\\-b\\ c', 'a-b c')).toEqual(['a-b c'])
  })

  it('refuses what it can not translate, and what never ends', () => {
    expect(() => translatePattern('(?x) a', 'u')).toThrow(/not supported/)
    expect(() => translatePattern('[\\Wx]', 'u')).toThrow(/not supported/)
    expect(() => translatePattern('(', 'u')).toThrow(/can not be used/)
    expect(() => translatePattern('(a+)+b', 'u')).toThrow(/nests quantifiers/)
    expect(() => translatePattern('a'.repeat(2 ** 17), 'u')).toThrow(/refused/)
  })
})
