import { describe, expect, it } from 'vitest'
import { PortolanError } from '../../core/errors.ts'
import { countFailures, damagedCopies, seededRandom } from '../testing/damage.ts'
import { parseCsv } from './parse-csv.ts'
import { type CsvCell, writeCsv } from './write-csv.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('parseCsv', () => {
  it('reads quoted cells with delimiters, quotes and line breaks', () => {
    expect(parseCsv('a,"b ""c""",d\r\n1,"x, y","line 1\nline 2"\r\n,,\r\n')).toEqual({
      header: ['a', 'b "c"', 'd'],
      columns: [
        ['1', ''],
        ['x, y', ''],
        ['line 1\nline 2', ''],
      ],
      rowCount: 2,
      delimiter: ',',
    })
  })

  it.each([
    ['a;b;"c,d,e,f"\n1;2;3', ';', ['a', 'b', 'c,d,e,f']],
    ['a\tb, c\td\n1\t2\t3', '\t', ['a', 'b, c', 'd']],
    ['a,b\n1,2;3;4', ',', ['a', 'b']],
    ['alone\n1,5', ',', ['alone']],
  ])('finds the delimiter of %j', (text, delimiter, header) => {
    if (header.length === 1) expect(() => parseCsv(text)).toThrow(/row 2 has 2 cells, the header 1/)
    else expect(parseCsv(text)).toMatchObject({ delimiter, header })
  })

  it('decodes UTF-8 with and without a byte order mark', () => {
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...bytes('ñ,b\n1,2')])
    expect(parseCsv(marked).header).toEqual(['ñ', 'b'])
    expect(parseCsv(marked)).toEqual(parseCsv(bytes('ñ,b\n1,2')))
  })

  it('skips empty lines, except where they are empty cells', () => {
    expect(parseCsv('\na,b\n\n1,2\n\n').columns).toEqual([['1'], ['2']])
    expect(parseCsv('a\n1\n\n3\n').columns).toEqual([['1', '', '3']])
    expect(parseCsv('a,b\n')).toMatchObject({ rowCount: 0, columns: [[], []] })
  })

  it.each([
    ['', 'no header line'],
    ['\n\n', 'no header line'],
    ['a,b\n1,2\n\n1,2,3\n', 'row 4 has 3 cells, the header 2'],
    ['a,b\n1\n', 'row 2 has 1 cells, the header 2'],
    ['a,a\n1,2\n', 'the column "a" occurs twice'],
    ['a,b\n1,"2\n', 'row 2: Quoted field unterminated'],
  ])('refuses %j', (text, message) => {
    expect(() => parseCsv(text)).toThrow(message)
    expect(() => parseCsv(text)).toThrow(PortolanError)
  })

  it('survives damage with a Portolan error or none', async () => {
    const text = bytes('name,value\n"a ""b""",1\n"c\nd",2\ne,3\n')
    const failures = await countFailures(damagedCopies(text, 600), (copy) => parseCsv(copy))
    expect(failures).toBeGreaterThan(100)
  })
})

describe('writeCsv', () => {
  it('writes what is read back', () => {
    const random = seededRandom(2)
    const pieces = ['a', '"', ',', '\n', '\r\n', ';', ' ', 'ñ', '\t', "'", '1e-300', '']
    const text = () => Array.from({ length: 4 }, () => pieces[Math.floor(random() * pieces.length)]).join('')
    const columns = [0, 1, 2].map(() => Array.from({ length: 5000 }, text))
    const table = parseCsv(writeCsv(['x', 'y, "z"', 'w'], columns).join(''))
    expect(table.header).toEqual(['x', 'y, "z"', 'w'])
    expect(table.columns).toEqual(columns)
  })

  it('writes numbers in full and nothing for missing values', () => {
    const columns: CsvCell[][] = [
      [0.1 + 0.2, -0.5, 2n ** 63n],
      [null, undefined, true],
    ]
    expect(writeCsv(['n', 'm'], columns).join('')).toBe('n,m\n0.30000000000000004,\n-0.5,\n9223372036854775808,true\n')
  })

  it('keeps empty cells of a single column', () => {
    expect(parseCsv(writeCsv(['only'], [['', 'x', '']]).join('')).columns).toEqual([['', 'x', '']])
  })
})
