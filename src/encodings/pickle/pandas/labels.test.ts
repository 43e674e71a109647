import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PyDict } from '../py-dict.ts'
import { readPickle } from '../read-pickle.ts'
import { PyFloat, PyGlobal, PyList, PyObject, PyTuple, type PyValue } from '../values.ts'
import { PyView } from '../view.ts'
import { isPandasSequence, pandasElements } from './labels.ts'

describe.each(['old', 'new'])('pandas objects of the %s generation', (generation) => {
  const bytes = readFileSync(new URL(`../fixtures/pandas-${generation}.pkl`, import.meta.url))
  const root = new PyView(readPickle(new Uint8Array(bytes)).value, 'frames')

  it.each<[string, unknown[]]>([
    ['index', ['age', 'größe', 'sex']],
    ['range', [2, 5]],
    ['integers', [5, 6, 7]],
    ['categoricalIndex', ['x', 'y', 'x']],
    ['categorical', ['x', 'y', null]],
    ['series', [new PyFloat(1.5), new PyFloat(2.5)]],
    ['textSeries', ['p', 'q']],
    ['textArray', ['u', null]],
    ['integerArray', [1, null, 3]],
    ['multi', [new PyTuple(['a', 1]), new PyTuple(['b', 2])]],
  ])('reads %s', (key, expected) => {
    const view = root.key(key)
    expect(isPandasSequence(view.value)).toBe(true)
    expect(view.items().map((item) => item.value)).toEqual(expected)
  })

  it('knows a frame by its class, and that it is no sequence', () => {
    expect(root.key('frame').className).toBe('DataFrame')
    expect(pandasElements(root.key('frame').value)).toBeUndefined()
  })
})

describe('arrays of Arrow strings (pandas 3 with pyarrow)', () => {
  const call = (path: [string, string], ...args: PyValue[]): PyObject =>
    new PyObject(new PyGlobal(...path), args, undefined, 0)
  const buffer = (bytes: Uint8Array): PyObject => call(['pyarrow.lib', 'py_buffer'], bytes)
  const arrowStrings = (
    type: string,
    offsets: BigInt64Array | Int32Array,
    text: string,
    validity: number,
  ): PyObject => {
    const buffers = new PyList([
      buffer(Uint8Array.of(validity)),
      buffer(new Uint8Array(offsets.buffer)),
      buffer(new TextEncoder().encode(text)),
    ])
    const parts = new PyTuple([
      call(['pyarrow.lib', 'type_for_alias'], type),
      ...[offsets.length - 1, 1, 0],
      ...[buffers, new PyList([]), null],
    ])
    const array = new PyObject(new PyGlobal('pandas.arrays', 'ArrowStringArray'), [], undefined, 0)
    array.states.push(PyDict.from([['_pa_array', call(['pyarrow.lib', '_restore_array'], parts)]]))
    return array
  }

  it.each([
    ['large_string', BigInt64Array.of(0n, 3n, 3n, 9n)],
    ['string', Int32Array.of(0, 3, 3, 9)],
  ])('reads %s', (type, offsets) => {
    expect(pandasElements(arrowStrings(type, offsets, 'agegrößen', 0b101))).toEqual(['age', null, 'größ'])
  })

  it('reports offsets outside the text, and other types', () => {
    expect(() => pandasElements(arrowStrings('string', Int32Array.of(0, 99), 'abc', 1))).toThrow(/outside its buffer/)
    expect(() => pandasElements(arrowStrings('duration', Int32Array.of(0, 1), 'abc', 1))).toThrow(/not supported/)
  })
})
