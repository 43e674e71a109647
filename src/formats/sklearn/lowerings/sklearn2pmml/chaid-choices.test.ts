import { describe, expect, it } from 'vitest'
import { PyDict } from '../../../../encodings/pickle/py-dict.ts'
import { PyFloat, PyGlobal, PyList, PyObject, type PyValue } from '../../../../encodings/pickle/values.ts'
import { PyView } from '../../../../encodings/pickle/view.ts'
import { valuesByChoice } from './chaid-choices.ts'

function column(metadata: readonly [number, PyValue][], codes: readonly number[]): PyView {
  const object = new PyObject(new PyGlobal('CHAID.column', 'NominalColumn'), [], undefined, 0)
  const arr = new PyList(codes.map((code) => new PyFloat(code)))
  object.states.push(
    PyDict.from([
      ['metadata', PyDict.from(metadata)],
      ['arr', arr],
    ]),
  )
  return new PyView(object)
}

describe('valuesByChoice', () => {
  it('follows values through a numbering in place', () => {
    // two zeros, a one and a seven among NaN, zero listed twice
    const metadata: [number, PyValue][] = [
      [0, new PyFloat(0)],
      [1, new PyFloat(0)],
      [2, new PyFloat(1)],
      [3, new PyFloat(7)],
      [-1, '<missing>'],
    ]
    expect([...valuesByChoice(column(metadata, [2, 2, 2, 3, -1]))]).toEqual([
      [1, [0, 1]],
      [7, [7]],
    ])
  })

  it('follows missing values too', () => {
    const metadata: [number, PyValue][] = [
      [0, null],
      [1, 0],
    ]
    expect([...valuesByChoice(column(metadata, [1, 1]))]).toEqual([[0, [Number.NaN, 0]]])
  })

  it('leaves values apart where every number is in use', () => {
    const metadata: [number, PyValue][] = [
      [0, 3],
      [1, 0],
      [2, 'a'],
    ]
    expect([...valuesByChoice(column(metadata, [0, 1, 2]))]).toEqual([
      [3, [3]],
      [0, [0]],
      ['a', ['a']],
    ])
  })
})
