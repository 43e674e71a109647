import { describe, expect, it } from 'vitest'
import { formats } from '../formats/registry.ts'
import { formatFactsEs } from './format-facts-es.ts'
import { formatters } from './formatters.ts'
import { languages, preferredLanguage } from './languages.ts'

describe('preferredLanguage', () => {
  it('takes the first language that the interface speaks, whatever the region', () => {
    expect(preferredLanguage(['de-AT', 'es-MX', 'en'])).toBe('es')
    expect(preferredLanguage(['EN-gb'])).toBe('en')
    expect(preferredLanguage(['fr'])).toBe('en')
  })
})

describe('the dictionaries', () => {
  it('leave nothing empty and nothing untranslated but names and symbols', () => {
    const same: string[] = []
    const walk = (a: unknown, b: unknown, path: string): void => {
      if (typeof a === 'string' && typeof b === 'string') {
        expect(b.trim(), path).not.toBe('')
        if (a === b) same.push(a)
      } else if (typeof a === 'object' && a && typeof b === 'object' && b) {
        for (const key of Object.keys(a)) {
          walk((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`)
        }
      }
    }
    walk(languages.en, languages.es, 'es')
    expect(same.filter((text) => /[a-z]{4}/.test(text) && !/^(float|JSON|Opset|Inspector|Id)/.test(text))).toEqual([])
  })
})

describe('what formats are for', () => {
  it.each(formats.map(({ name, purpose, audience }) => [name, purpose, audience]))(
    'is said in Spanish: %s',
    (...facts) => {
      for (const fact of facts.slice(1)) expect(formatFactsEs, fact).toHaveProperty([fact ?? ''])
    },
  )
})

describe('names of facts', () => {
  it('are translated where they are the interface’s own, and stay as they are where a file brings them', () => {
    expect(languages.es.factName('saved')).toBe('guardado')
    expect(languages.es.factName('keras')).toBe('keras')
    expect(languages.es.factName('constructor')).toBe('constructor')
    expect(languages.en.factName('saved')).toBe('saved')
  })
})

describe('formatters', () => {
  it('write numbers as the language does', () => {
    expect(formatters('en').integer(150528)).toBe('150,528')
    expect(formatters('es').integer(1528)).toBe('1.528')
    expect(formatters('en').number(0.1234567)).toBe('0.12346')
    expect(formatters('en').number(1.5e-9)).toBe('1.5e-9')
    expect(formatters('en').number(Number.NaN)).toBe('NaN')
    expect(formatters('en').bytes(1234567)).toBe('1.23 MB')
    expect(formatters('en').milliseconds(1500)).toBe('1.5 s')
  })
})
