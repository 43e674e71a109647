import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatedPages } from '../../scripts/docs/pages.ts'

const DOCS = new URL('../../docs/', import.meta.url)

describe('the generated documentation', () => {
  it('is what the registries say (npm run docs)', async () => {
    for (const [file, text] of await generatedPages()) {
      expect(readFileSync(new URL(file, DOCS), 'utf8'), `docs/${file}`).toBe(text)
    }
  })
})
