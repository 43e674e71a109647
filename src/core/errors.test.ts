import { describe, expect, it } from 'vitest'
import { deserializeError, MalformedFileError, PortolanError, serializeError } from './errors.ts'

describe('errors across a worker boundary', () => {
  it('keep code, message, hint and context', () => {
    const thrown = new MalformedFileError('The weights end early', { offset: 12, context: { tensor: 'dense/kernel' } })
    const received = deserializeError(structuredClone(serializeError(thrown)))
    expect(received).toBeInstanceOf(PortolanError)
    expect(received.code).toBe('malformed-file')
    expect(received.message).toBe('The weights end early (at byte 12)')
    expect(received.hint).toContain('download or export it again')
    expect(received.context).toEqual({ tensor: 'dense/kernel', offset: 12 })
  })

  it('stay without a hint when there is none', () => {
    const received = deserializeError(serializeError(new PortolanError('usage', 'No file given')))
    expect(received.hint).toBeUndefined()
  })

  it('an abort becomes a cancellation', () => {
    const controller = new AbortController()
    controller.abort()
    expect(serializeError(controller.signal.reason).code).toBe('cancelled')
  })

  it('any other thrown value becomes an internal error', () => {
    expect(serializeError(new RangeError('out of range'))).toEqual({
      code: 'internal',
      message: 'out of range',
      context: {},
    })
    expect(serializeError('plain text').message).toBe('plain text')
  })
})
