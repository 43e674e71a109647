import { describe, expect, it } from 'vitest'
import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { countFailures, damagedCopies, seededRandom } from '../testing/damage.ts'
import { parseXml, type XmlElement } from './parse-xml.ts'
import { writeXml, type XmlContent } from './write-xml.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

const PMML = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a > comment -->
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
  <Header copyright="a &amp; b &#x41;&#66;"/>
  <DataDictionary numberOfFields='2'>
    <DataField name="x &quot;1&quot;" optype="continuous" cost="a > b"/>
    <Array n="2" type="string">one <![CDATA[<two> & ]]>three</Array>
  </DataDictionary>
  <x:Cell xmlns:x="urn:x" toString="1"> </x:Cell>
</PMML>
`

describe('parseXml', () => {
  it('gives elements with attributes, children and text in order', () => {
    const root = parseXml(bytes(PMML))
    expect([root.name, root.prefix, root.attributes]).toEqual([
      'PMML',
      '',
      { xmlns: 'http://www.dmg.org/PMML-4_4', version: '4.4' },
    ])
    const [header, dictionary, cell] = root.children
    expect(header).toEqual({
      name: 'Header',
      prefix: '',
      attributes: { copyright: 'a & b AB' },
      children: [],
      text: '',
    })
    expect(dictionary?.children[0]?.attributes).toEqual({ name: 'x "1"', optype: 'continuous', cost: 'a > b' })
    expect(dictionary?.children[1]?.text).toBe('one <two> & three')
    expect([cell?.name, cell?.prefix, cell?.attributes['toString'], cell?.text]).toEqual(['Cell', 'x', '1', ' '])
    expect(dictionary?.text).toBe('')
  })

  it.each([
    [
      'UTF-16 by its mark',
      new Uint8Array([0xff, 0xfe, ...Array.from('<a b="ñ"/>').flatMap((c) => [c.charCodeAt(0), 0])]),
    ],
    [
      'ISO-8859-1 by its declaration',
      Uint8Array.from('<?xml version="1.0" encoding="ISO-8859-1"?><a b="ñ"/>', (c) => c.charCodeAt(0)),
    ],
    ['UTF-8 with a mark', new Uint8Array([0xef, 0xbb, 0xbf, ...bytes('<a b="ñ"/>')])],
  ])('decodes %s', (_, data) => {
    expect(parseXml(data).attributes).toEqual({ b: 'ñ' })
  })

  it('refuses an encoding that nobody knows', () => {
    expect(() => parseXml(bytes('<?xml version="1.0" encoding="klingon-1"?><a/>'))).toThrow(UnsupportedError)
  })

  it.each([
    ['<a>\n  <b>\n</a>', '</a> stands where </b> should (line 3, column 1)'],
    ['<a><b></b>', 'the file ends inside <a> (line 1, column 11)'],
    ['<a/><b/>', 'second root element'],
    ['</a>', 'closes nothing'],
    ['<a b="1', 'a tag does not end (line 1, column 1)'],
    ['<a><!-- ', 'a comment does not end'],
    ['<a><![CDATA[ </a>', 'a CDATA section does not end'],
    ['<a>&nbsp;</a>', '"&nbsp;" is no entity'],
    ['<a b="x & y"/>', 'is no entity'],
    ['<a>&#1114112;</a>', 'is no entity'],
    ['<1a/>', 'can not be the name of an element'],
    ['{"json": true}', 'this is not XML (line 1, column 1)'],
    ['hello <a/>', 'this is not XML'],
    ['', 'this is not XML'],
    ['<!-- only -->', 'there is no element'],
    ['<a><!ELEMENT x></a>', 'does not belong here'],
    ['<a __proto__="1"/>', 'XML: '],
  ])('refuses %j', (text, message) => {
    expect(() => parseXml(text)).toThrow(message)
    expect(() => parseXml(text)).toThrow(MalformedFileError)
  })

  it('skips a DOCTYPE that only names a DTD, without looking for it', () => {
    expect(parseXml('<!DOCTYPE PMML PUBLIC "PMML 2.0" "http://www.dmg.org/v2-0/pmml_v2_0.dtd"><PMML/>').name).toBe(
      'PMML',
    )
  })

  it('refuses a billion laughs and external entities at once', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')
    const start = performance.now()
    expect(() => parseXml(`<!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]><a>&l9;</a>`)).toThrow(/of its own/)
    expect(() => parseXml('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')).toThrow(UnsupportedError)
    expect(performance.now() - start).toBeLessThan(500)
  })

  it('takes any number of predefined entities', () => {
    expect(parseXml(`<a>${'&lt;'.repeat(200_000)}</a>`).text).toHaveLength(200_000)
  })

  it('keeps its limits', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
    expect(parseXml(nested(2000)).name).toBe('a')
    expect(() => parseXml(nested(2001))).toThrow(LimitExceededError)
    expect(() => parseXml(`<a>${'<b/>'.repeat(10)}</a>`, { maxElements: 10 })).toThrow(LimitExceededError)
    expect(() => parseXml('<abcdef/>', { maxLength: 5 })).toThrow(LimitExceededError)
    expect(() => parseXml(bytes('<abcdef/>'), { maxLength: 4 })).toThrow(LimitExceededError)
  })

  it('survives damage with a Portolan error or none', async () => {
    const failures = await countFailures(damagedCopies(bytes(PMML), 1500), (copy) => parseXml(copy))
    expect(failures).toBeGreaterThan(600)
  })
})

const written = (document: XmlContent) => new TextDecoder().decode(concat(writeXml(document)))

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)))
}

function contentOf({ name, prefix, attributes, children, text }: XmlElement): XmlContent {
  const inner = children.length > 0 ? children.map(contentOf) : text === '' ? [] : [text]
  return { name: prefix === '' ? name : `${prefix}:${name}`, attributes, children: inner }
}

describe('writeXml', () => {
  it('indents elements and leaves text alone', () => {
    const text = { name: 'e', attributes: {}, children: ['te', 'xt'] }
    const empty = { name: 'f', attributes: { g: '"' }, children: [] }
    expect(written({ name: 'a', attributes: { b: 1.5, c: true, d: undefined }, children: [text, empty] })).toBe(
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a b="1.5" c="true">\n\t<e>text</e>\n\t<f g="&quot;"/>\n</a>\n',
    )
  })

  it('writes what the parser reads back', () => {
    const root = parseXml(PMML)
    expect(parseXml(written(contentOf(root)))).toEqual(root)
  })

  it('escapes every character that would not come back', () => {
    const random = seededRandom(11)
    const alphabet = ['&', '<', '>', '"', "'", '\t', '\n', '\r', ' ', 'ñ', '\u{1f6a2}', ']]>', '&amp;', 'a']
    for (let i = 0; i < 300; i++) {
      const text = `x${Array.from({ length: 12 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')}x`
      const back = parseXml(written({ name: 'a', attributes: { b: text }, children: [text] }))
      expect([back.attributes['b'], back.text]).toEqual([text, text])
    }
  })

  it.each(['\0', 'a\u000bb', '\u001f', '\ud800', '\uffff'])('refuses %j, which XML can not hold', (text) => {
    expect(() => writeXml({ name: 'a', attributes: { b: text }, children: [] })).toThrow(UnsupportedError)
    expect(() => writeXml({ name: 'a', attributes: {}, children: [text] })).toThrow(/U\+/)
  })

  it('makes parts, and reads children once', () => {
    let reads = 0
    const document = {
      name: 'a',
      attributes: {},
      get children() {
        reads++
        return Array.from({ length: 200_000 }, (_, i) => ({ name: 'b', attributes: { i }, children: [] }))
      },
    }
    const parts = writeXml(document)
    expect(parts.length).toBeGreaterThan(3)
    expect(reads).toBe(1)
    expect(parseXml(concat(parts)).children).toHaveLength(200_000)
  })
})
