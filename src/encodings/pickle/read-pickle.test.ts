import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { countFailures, damagedCopies } from '../testing/damage.ts'
import { readPickle } from './read-pickle.ts'
import { isNode, PyComplex, PyFloat, type PyList, type PyObject, PyTuple, type PyValue } from './values.ts'
import { PyView } from './view.ts'

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))
}

/** Bytes of a hand-written pickle: characters are their codes. */
function pickle(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

function read(text: string): PyValue {
  return readPickle(pickle(text)).value
}

describe.each([0, 1, 2, 3, 4, 5])('protocol %i, as CPython writes it', (protocol) => {
  const { value } = readPickle(fixture(`values-${protocol}.pkl`))
  const root = new PyView(value, 'values')
  const items = (key: string): PyValue[] =>
    root
      .key(key)
      .items()
      .map((item) => item.value)

  it('reads None, booleans, ints of any size and floats', () => {
    expect(root.key('none').value).toBeNull()
    expect(items('booleans')).toEqual([true, false])
    expect(items('integers')).toEqual([
      ...[0, 255, 65535, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 40],
      2n ** 53n + 1n,
      -(2n ** 70n),
    ])
    expect(items('floats')).toEqual(
      [0, 1, -2.5, 1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((number) => new PyFloat(number)),
    )
    expect(root.key('nan').number()).toBeNaN()
    expect(root.key('complex').value).toEqual(new PyComplex(1.5, -2))
  })

  it('reads strings and bytes', () => {
    expect(items('strings')).toEqual(['', 'plain', "línea\nnueva \\ 'quoted'", '日本 🚢', 'x'.repeat(300), '\ud800'])
    const bytes = items('bytes').map((value) => Array.from(value as Uint8Array))
    expect(bytes).toEqual([[], [0, 255, 10], Array(300).fill(121), Array.from(pickle('mutable'))])
  })

  it('reads containers, with keys of any type in order', () => {
    expect(items('tuples')).toEqual([[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]].map((content) => new PyTuple(content)))
    expect(items('list')).toEqual(Array.from({ length: 1200 }, (_, i) => i))
    expect(root.key('set').value).toMatchObject({ kind: 'set', frozen: false, items: [7] })
    expect(root.key('frozenset').value).toMatchObject({ kind: 'set', frozen: true, items: [8] })
    const keys = root.key('keys').dict()
    expect(keys.values()).toEqual(['int', 'tuple', 'none', 'bytes', 'float'])
    expect(keys.get(1)).toBe('int')
    expect(keys.get(new PyTuple([1, 'a']))).toBe('tuple')
    expect(keys.get(null)).toBe('none')
    expect(keys.get(pickle('k'))).toBe('bytes')
    expect(keys.get(new PyFloat(2.5))).toBe('float')
    expect(
      root
        .key('ordered')
        .entries()
        .map(([key]) => key),
    ).toEqual(['b', 'a'])
    expect(root.key('default').key('k').items()).toHaveLength(1)
  })

  it('keeps what is shared shared, and cycles', () => {
    const [first, second] = items('twice')
    expect(first).toBe(second)
    const cycle = root.key('cycle').value as PyList
    expect(cycle.items[1]).toBe(cycle)
  })

  it('shows objects by class, attributes and items', () => {
    const point = root.key('point')
    expect(point.classPath).toBe('__main__.Point')
    expect(point.attr('x').integer()).toBe(3)
    expect(point.attr('y').item(0).integer()).toBe(4)
    expect(root.key('tags').strings()).toEqual(['t1', 't2'])
    expect(root.key('options').key('depth').integer()).toBe(3)
    expect(root.key('class').classPath).toBe('__main__.Point')
    if (protocol < 2) return
    expect(root.key('slotted').attr('left').integer()).toBe(1)
    expect(root.key('slotted').attr('right').string()).toBe('two')
  })

  it('reports an error, and nothing else, for every truncation (of protocol 5; of the others, every twentieth)', async () => {
    const whole = fixture(`values-${protocol}.pkl`)
    const cuts = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length))
    expect(
      await countFailures(
        cuts.filter((_, i) => protocol === 5 || i % 20 === protocol),
        readPickle,
      ),
    ).toBeGreaterThan(200)
  })

  it('survives damage', async () => {
    const copies = damagedCopies(fixture(`values-${protocol}.pkl`), protocol === 5 ? 2000 : 400, protocol)
    expect(await countFailures(copies, readPickle)).toBeGreaterThan(130)
  })
})

describe('opcodes that only old or special writers use', () => {
  it('reads Python 2 strings as the characters of their bytes', () => {
    expect(read("S'a\\x00\\n\\'\\101'\n.")).toBe("a\0\n'A")
    expect(read('U\x02\xe9\x80.')).toBe('\xe9\x80')
    expect(read('T\x03\x00\x00\x00abc.')).toBe('abc')
  })

  it('reads text numbers', () => {
    expect(read('I01\n.')).toBe(true)
    expect(read('I-7\n.')).toBe(-7)
    expect(read('I0x1f\n.')).toBe(31)
    expect(read('L9007199254740993L\n.')).toBe(9007199254740993n)
    expect(read('F-1e5\n.')).toEqual(new PyFloat(-1e5))
  })

  it('makes inert objects of INST and OBJ', () => {
    for (const text of ['(I1\nI2\nicollections\nDeque\n.', '(ccollections\nDeque\nI1\nI2\no.']) {
      expect(read(text)).toMatchObject({ kind: 'object', args: [1, 2], callable: { path: 'collections.Deque' } })
    }
  })

  it('makes inert objects of NEWOBJ_EX with keyword arguments', () => {
    const object = read('cm\nC\n(I1\nt}(U\x01kI2\nu\x92.') as PyObject
    expect(object.args).toEqual([1])
    expect(object.kwargs?.get('k')).toBe(2)
  })

  it('keeps persistent ids and extension codes', () => {
    const { value, safety } = readPickle(pickle('\x80\x02(Pabc\nU\x01xQ\x82\x05t.'))
    expect(isNode(value, 'tuple') && value.items).toMatchObject([
      { kind: 'persistent-id', id: 'abc' },
      { kind: 'persistent-id', id: 'x' },
      { kind: 'global', module: 'copyreg' },
    ])
    expect(safety).toMatchObject({ risk: 'unknown', persistentIds: 2, extensionCodes: [5] })
  })

  it('handles POP, POP_MARK and DUP', () => {
    expect(read('I1\nI2\n0.')).toBe(1)
    expect(read('I1\n(I2\nI3\n1.')).toBe(1)
    expect(read('I1\n(0.')).toBe(1)
    expect(read('I1\n2\x86.')).toEqual(new PyTuple([1, 1]))
  })

  it('merges repeated BUILDs, the later ones first', () => {
    const object = read('cm\nC\n)\x81}U\x01aI1\nsb}(U\x01aI2\nU\x01bI3\nub.') as PyObject
    expect([...object.attributes()]).toEqual([
      ['a', 2],
      ['b', 3],
    ])
    expect(object.attr('a')).toBe(2)
  })

  it('takes out-of-band buffers that are at hand, and marks the others', () => {
    const bytes = fixture('out-of-band.pkl')
    const buffers = [fixture('out-of-band.0.bin'), fixture('out-of-band.1.bin')]
    const whole = new PyView(readPickle(bytes, { buffers }).value)
    expect(Array.from(whole.key('a').float64().data)).toEqual([0, 1, 2, 3])
    expect(whole.key('raw').bytes()).toEqual(pickle('abc'))
    const alone = new PyView(readPickle(bytes).value)
    expect(alone.key('raw').value).toMatchObject({ kind: 'out-of-band-buffer', index: 1 })
    expect(() => alone.key('a').ndarray()).toThrow(/outside the pickle/)
  })

  it('reads several pickles of one file', () => {
    const bytes = pickle('I1\n.I2\n.')
    const first = readPickle(bytes)
    expect([first.value, first.end]).toEqual([1, 4])
    expect(readPickle(bytes, { offset: first.end }).value).toBe(2)
  })
})

describe('hostile pickles', () => {
  it.each([
    ['an empty file', '', /ends early/],
    ['an unknown opcode', '\xff', /unknown opcode 0xff \(at byte 0\)/],
    ['an empty stack', '.', /stack is empty/],
    ['values below a mark', 'I1\n(\x85.', /stack is empty/],
    ['a missing mark', 't.', /mark is missing/],
    ['a missing memo entry', 'h\x07.', /memo entry 7 is missing/],
    ['an append to a number', 'I1\nI2\na.', /can't append to int/],
    ['a state for a list', ']}b.', /can't set the state of list/],
    ['an odd dict', '(I1\nd.', /key without a value/],
    ['a length beyond the file', 'B\xff\xff\xff\xff', /ends early/],
    ['a negative length', 'T\xff\xff\xff\xffabc.', /ends early/],
    ['a frame beyond the file', '\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N.', /frame of 255 bytes/],
    ['invalid UTF-8', 'X\x02\x00\x00\x00\xc3\x28.', /not valid UTF-8/],
    ['a name that is no text', 'I1\nI2\n\x93.', /a module and a name expected/],
  ])('reports %s', (_, text, message) => {
    const error = ((): unknown => {
      try {
        return read(text)
      } catch (caught) {
        return caught
      }
    })()
    expect(error).toBeInstanceOf(MalformedFileError)
    expect((error as Error).message).toMatch(message)
    expect((error as MalformedFileError).context.offset).toBeGreaterThanOrEqual(0)
  })

  it('refuses protocols of the future', () => {
    expect(() => read('\x80\x06N.')).toThrow(UnsupportedError)
  })

  it.each([
    ['opcodes', 'N0N0N0N.', { maxOpcodes: 5 }],
    ['containers', ']]]].', { maxNodes: 3 }],
    ['values on the stack', 'NNNNN.', { maxStack: 3 }],
    ['open marks', '((((t', { maxMarks: 3 }],
    ['memo entries', ']q\x00q\x01q\x02.', { maxMemo: 2 }],
    ['names', 'ca\nb\nca\nc\n0.', { maxGlobals: 1 }],
    ['digits', `I${'9'.repeat(50)}\n.`, { maxIntegerBytes: 40 }],
    ['bytes', 'NNNN.', { maxBytes: 4 }],
  ])('has a limit of %s', (_, text, limits) => {
    expect(() => readPickle(pickle(text), { limits })).toThrow(LimitExceededError)
  })

  it('does not let a file copy its data over and over', () => {
    const text = `X\x00\x00\x10\x00${'a'.repeat(2 ** 20)}q\x000`
    const copy = 'c_codecs\nencode\nh\x00U\x07latin-1\x86R0'
    expect(() => read(`${text}${copy.repeat(20)}N.`)).toThrow(/more copies/)
  })

  it('reads 2^60 shared leaves in no time', () => {
    let text = ']q\x00'
    for (let level = 0; level < 60; level++) {
      text += `](h${String.fromCharCode(level)}h${String.fromCharCode(level)}eq${String.fromCharCode(level + 1)}`
    }
    const started = performance.now()
    expect(read(`${text}.`)).toMatchObject({ kind: 'list' })
    expect(performance.now() - started).toBeLessThan(500)
  })
})
