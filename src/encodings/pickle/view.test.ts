import { describe, expect, it } from 'vitest'
import { MalformedFileError } from '../../core/errors.ts'
import { PyDict } from './py-dict.ts'
import { PyFloat, PyGlobal, PyList, PyObject, PyTuple, type PyValue } from './values.ts'
import { PyView } from './view.ts'

function estimator(attributes: Record<string, PyValue>): PyObject {
  const object = new PyObject(new PyGlobal('pkg.svm', 'SVC'), [], undefined, 40)
  object.states.push(PyDict.from(Object.entries(attributes)))
  return object
}

const model = estimator({
  C: new PyFloat(1.5),
  degree: 3,
  kernel: 'rbf',
  shrinking: true,
  gamma: null,
  huge: 2n ** 60n,
  classes: new PyList(['a', 'b']),
  steps: new PyList([new PyTuple(['scale', estimator({ mean: null })])]),
  options: PyDict.from([
    ['depth', 4],
    [1, 'one'],
  ]),
})
const view = new PyView(model, 'pipeline')

describe('PyView', () => {
  it('reads what a reader expects', () => {
    expect(view.classPath).toBe('pkg.svm.SVC')
    expect([view.className, view.module]).toEqual(['SVC', 'pkg.svm'])
    expect(view.attr('C').number()).toBe(1.5)
    expect(view.attr('degree').integer()).toBe(3)
    expect(view.attr('kernel').string()).toBe('rbf')
    expect(view.attr('shrinking').boolean()).toBe(true)
    expect(view.attr('classes').strings()).toEqual(['a', 'b'])
    expect(view.attr('options').key('depth').integer()).toBe(4)
    expect(view.attr('options').key(1).string()).toBe('one')
    expect(Array.from(new PyView(new PyList([1, new PyFloat(0.5)])).float64().data)).toEqual([1, 0.5])
  })

  it('tells missing from None', () => {
    expect(view.has('gamma')).toBe(true)
    expect(view.attr('gamma').isNone).toBe(true)
    expect(view.optional('gamma')).toBeUndefined()
    expect(view.find('nothing')).toBeUndefined()
    expect(view.has('nothing')).toBe(false)
    expect(view.attr('options').findKey('nothing')).toBeUndefined()
  })

  it('takes the first name that exists', () => {
    expect(view.firstAttr('C_', 'C').path).toBe('pipeline.C')
  })

  it.each([
    ['a missing attribute', () => view.attr('coef_'), "pipeline: pkg.svm.SVC has no attribute 'coef_'"],
    ['several missing names', () => view.firstAttr('scale_', 'std_'), "no attribute 'scale_' or 'std_'"],
    ['a wrong type', () => view.attr('kernel').number(), 'pipeline.kernel: a number expected, got str'],
    ['no string', () => view.attr('C').string(), 'pipeline.C: a string expected, got float'],
    ['no integer', () => view.attr('C').integer(), 'an integer expected, got 1.5'],
    ['no bool', () => view.attr('degree').boolean(), 'pipeline.degree: a bool expected, got int'],
    ['an inexact number', () => view.attr('huge').number(), 'beyond 2^53'],
    [
      'no array',
      () => view.attr('steps').item(0).item(1).attr('mean').ndarray(),
      'pipeline.steps[0][1].mean: an array expected, got None',
    ],
    ['no list', () => view.attr('kernel').items(), 'pipeline.kernel: a list expected, got str'],
    ['a missing item', () => view.attr('classes').item(2), 'pipeline.classes: item 2 is missing'],
    ['a missing key', () => view.attr('options').key('x'), 'pipeline.options: the key "x" is missing'],
    ['attributes of a number', () => view.attr('degree').attr('x'), 'pipeline.degree: an object expected, got int'],
  ])('names the path of %s', (_, action, message) => {
    expect(action).toThrow(message)
    expect(action).toThrow(MalformedFileError)
  })

  it('keeps paths of keys and items', () => {
    expect(view.attr('steps').item(0).item(1).path).toBe('pipeline.steps[0][1]')
    expect(
      view
        .attr('options')
        .entries()
        .map(([key, entry]) => [key, entry.path]),
    ).toEqual([
      ['depth', 'pipeline.options["depth"]'],
      [1, 'pipeline.options[1]'],
    ])
  })
})

describe('PyDict', () => {
  it('finds keys as Python does', () => {
    const dict = PyDict.from([
      [1, 'a'],
      [true, 'b'],
      [new PyFloat(1), 'c'],
      ['1', 'd'],
      [new PyTuple([1, 'x']), 'e'],
      ['\u0001t1,"x"', 'f'],
    ])
    expect(dict.size).toBe(4)
    expect(dict.get(1)).toBe('c')
    expect(dict.get('1')).toBe('d')
    expect(dict.get(new PyTuple([true, 'x']))).toBe('e')
    expect(dict.get('\u0001t1,"x"')).toBe('f')
    let nested: PyValue = 1
    for (let depth = 0; depth < 100_000; depth++) nested = new PyTuple([nested])
    dict.set(nested, 'deep')
    expect(dict.get(nested)).toBe('deep')
    dict.set('1', 'later')
    expect([...dict.entries()].map(([, value]) => value)).toEqual(['c', 'later', 'e', 'f', 'deep'])
  })
})
