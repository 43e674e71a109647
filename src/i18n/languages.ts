import { en, type Messages } from './en.ts'
import { es } from './es.ts'

/** The interface's languages, by their BCP 47 tag. */
export const languages = { en, es } as const satisfies Record<string, Messages>

export type Language = keyof typeof languages

export const languageTags = Object.keys(languages) as readonly Language[]

/** The first of a person's languages (`navigator.languages`) that the interface speaks; English when it speaks none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0]
    const found = languageTags.find((language) => language === base)
    if (found) return found
  }
  return 'en'
}
