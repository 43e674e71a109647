import { describe, expect, it } from 'vitest'
import { LimitExceededError, MalformedFileError } from '../../core/errors.ts'
import { countFailures, damagedCopies } from '../testing/damage.ts'
import { parseJson } from './parse-json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('parseJson', () => {
  it('parses JSON, from bytes with a byte order mark too', () => {
    expect(parseJson('{"a": [1, "x\\"[", null]}')).toEqual({ a: [1, 'x"[', null] })
    expect(parseJson(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes('{"ñ": 1}')]))).toEqual({ ñ: 1 })
  })

  it('takes the non-finite numbers of Python, and leaves such words in strings', () => {
    expect(parseJson('{"a": [NaN, Infinity, -Infinity], "NaN": "say \\"Infinity\\""}')).toEqual({
      a: [Number.NaN, Infinity, -Infinity],
      NaN: 'say "Infinity"',
    })
  })

  it('says where it fails', () => {
    expect(() => parseJson('{"a": 1,\n  "b": 1 2}')).toThrow(/line 2, column 10/)
    expect(() => parseJson('{"a": x}')).toThrow(/'x', "\{"a": x\}" is not valid/)
    expect(() => parseJson('')).toThrow(MalformedFileError)
  })

  it('keeps its limit of nesting', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(parseJson(nested(1000))).toHaveLength(1)
    expect(() => parseJson(nested(1001))).toThrow(LimitExceededError)
    expect(() => parseJson('['.repeat(5_000_000))).toThrow(LimitExceededError)
  })

  it('survives damage with a Portolan error or none', async () => {
    const text = bytes('{"class_name": "Sequential", "config": {"layers": [{"rate": 0.5}, {"x": NaN}]}}')
    expect(await countFailures(damagedCopies(text, 600), (copy) => parseJson(copy))).toBeGreaterThan(200)
  })
})
