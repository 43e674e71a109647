import { describe, expect, it } from 'vitest'
import { readPickle } from './read-pickle.ts'
import type { SafetyReport } from './safety.ts'
import { judgeGlobal } from './safety-rules.ts'

function report(text: string, trustedPackages: string[] = []): SafetyReport {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
  return readPickle(bytes, { trustedPackages }).safety
}

describe('the safety report', () => {
  it('lists what would have been imported and called, with byte offsets', () => {
    const { risk, globals } = report("cbuiltins\nset\n0cos\nsystem\n(S'echo'\ntRcos\nsystem\n.")
    expect(risk).toBe('dangerous')
    expect(globals).toEqual([
      {
        ...{ module: 'os', name: 'system', risk: 'dangerous', reason: 'runs programs or system calls' },
        ...{ imports: 2, calls: 1, offsets: [15, 36, 37] },
      },
      { module: 'builtins', name: 'set', risk: 'safe', imports: 1, calls: 0, offsets: [0] },
    ])
  })

  it('shows Python 2 names as the file spells them, and judges them as Python 3 names', () => {
    expect(report('c__builtin__\neval\n.').globals[0]).toMatchObject({ module: '__builtin__', risk: 'dangerous' })
  })

  it('counts calls of what is not a name', () => {
    const { risk, indirectCalls } = report('cnumpy\ndtype\n)R)R.')
    expect(risk).toBe('unknown')
    expect(indirectCalls).toEqual({ count: 1, offsets: [16] })
  })

  it('trusts the packages that a format vouches for', () => {
    expect(report('cmypackage.model\nModel\n.').risk).toBe('unknown')
    expect(report('cmypackage.model\nModel\n.', ['mypackage']).risk).toBe('safe')
  })

  it('keeps few offsets of a name that is repeated', () => {
    const [use] = report('ca\nb\n0'.repeat(50).concat('N.')).globals
    expect(use).toMatchObject({ imports: 50 })
    expect(use?.offsets).toHaveLength(16)
  })
})

describe('judgeGlobal', () => {
  const trusted = new Set(['numpy', 'sklearn', 'pandas', 'scipy'])
  const risk = (module: string, name: string, called = true): string => judgeGlobal(module, name, called, trusted).risk

  it.each([
    ['posix', 'system'],
    ['subprocess', 'Popen'],
    ['builtins', 'exec'],
    ['builtins', 'getattr'],
    ['importlib', 'import_module'],
    ['os.path', 'join'],
    ['numpy.testing._private.utils', 'runstring'],
    ['pandas.io.pickle', 'read_pickle'],
    ['sklearn.utils', 'os.system'],
    ['cloudpickle.cloudpickle', '_make_function'],
    ['numpy', 'load'],
  ])('%s.%s is dangerous', (module, name) => {
    expect(risk(module, name)).toBe('dangerous')
  })

  it.each([
    ['sklearn.svm._classes', 'SVC'],
    ['sklearn._loss._loss', '__pyx_unpickle_CyHalfSquaredError'],
    ['sklearn.neighbors._kd_tree', 'newObj'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['numpy._core.numeric', '_frombuffer'],
    ['numpy', 'float64'],
    ['scipy.sparse._csr', 'csr_matrix'],
    ['collections', 'OrderedDict'],
  ])('%s.%s is safe', (module, name) => {
    expect(risk(module, name)).toBe('safe')
  })

  it('knows functions only by reference', () => {
    expect(risk('numpy', 'log1p', false)).toBe('safe')
    expect(risk('numpy', 'log1p', true)).toBe('unknown')
    expect(risk('toString', 'constructor')).toBe('unknown')
  })
})
