import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { readJoblib } from './joblib.ts'
import { readPickle } from './read-pickle.ts'
import { PyView } from './view.ts'

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))
}

/** A protocol 2 pickle of an object of `module.name` with string attributes. */
function objectPickle(module: string, name: string, attributes: Record<string, string>): Uint8Array {
  const text = (value: string): string => `U${String.fromCharCode(value.length)}${value}`
  const state = Object.entries(attributes).map(([key, value]) => text(key) + text(value))
  return Uint8Array.from(`\x80\x02c${module}\n${name}\n)\x81}(${state.join('')}ub.`, (char) => char.charCodeAt(0))
}

describe('readJoblib', () => {
  it.each(['arrays-new.joblib', 'arrays-old.joblib'])('reads %s to its end, aligned or not', (name) => {
    const bytes = fixture(name)
    const { value, end } = readJoblib(bytes)
    expect(end).toBe(bytes.length)
    expect(new PyView(value).key('float64').value).toMatchObject({ kind: 'inline-array', shape: [2, 2], order: 'C' })
    expect(new PyView(value).key('fortran').value).toMatchObject({ kind: 'inline-array', order: 'F' })
  })

  it('aligns arrays as joblib 1.2 and newer do', () => {
    const { value } = new PyView(readJoblib(fixture('arrays-new.joblib')).value).key('float64')
    expect((value as { bytes: Uint8Array }).bytes.byteOffset % 16).toBe(0)
  })

  it('reports the names that nested pickles would import', () => {
    const { safety } = readJoblib(fixture('arrays-new.joblib'))
    expect(safety.risk).toBe('safe')
    expect(safety.globals.map(({ module, name }) => `${module}.${name}`)).toContain(
      'numpy._core.multiarray._reconstruct',
    )
  })

  it('is not a plain pickle', () => {
    expect(() => readPickle(fixture('arrays-new.joblib'))).toThrow(MalformedFileError)
  })

  it.each(['joblib.numpy_pickle', 'sklearn.externals.joblib.numpy_pickle'])(
    'explains files of %s whose arrays stand elsewhere',
    (module) => {
      const bytes = objectPickle(module, 'NDArrayWrapper', { filename: 'model.pkl_01.npy' })
      expect(() => readJoblib(bytes)).toThrow(UnsupportedError)
      expect(() => readJoblib(bytes)).toThrow(/model\.pkl_01\.npy/)
    },
  )

  it('reports an array without a shape', () => {
    const bytes = objectPickle('joblib.numpy_pickle', 'NumpyArrayWrapper', { order: 'C' })
    expect(() => readJoblib(bytes)).toThrow(MalformedFileError)
  })

  it('reports an array that is longer than the file', () => {
    const bytes = fixture('arrays-new.joblib')
    const { value } = new PyView(readJoblib(bytes).value).key('float64')
    const end = (value as { bytes: Uint8Array }).bytes.byteOffset + 8
    expect(() => readJoblib(bytes.subarray(0, end))).toThrow(/32 bytes expected, 8 left/)
  })
})
