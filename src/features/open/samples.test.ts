import { existsSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { samplePaths, sources } from '../../../scripts/samples.mjs'
import { samples } from './samples.ts'

describe('the samples', () => {
  it.each(Object.keys(sources))('%s is what its fixture is (else run node scripts/samples.mjs)', (name) => {
    const { sample, fixture } = samplePaths(name)
    expect(readFileSync(sample).equals(readFileSync(fixture))).toBe(true)
  })

  it('are all there, and small', () => {
    const files = samples.flatMap(({ file, rows }) => (rows ? [file, rows] : [file]))
    expect(files.filter((file) => !existsSync(samplePaths(file).sample))).toEqual([])
    expect(files.reduce((size, file) => size + statSync(samplePaths(file).sample).size, 0)).toBeLessThan(300_000)
  })
})
