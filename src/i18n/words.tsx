import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { en, type Messages } from './en.ts'
import { type Formatters, formatters } from './formatters.ts'
import { type Language, languages } from './languages.ts'

/** What a component needs to talk: the dictionary, and numbers as the language writes them. */
export interface Words extends Formatters {
  readonly language: Language
  readonly t: Messages
}

const WordsContext = createContext<Words>({ language: 'en', t: en, ...formatters('en') })

/** Gives the components below it a language. */
export function WordsProvider({ language, children }: { language: Language; children: ReactNode }) {
  const words = useMemo(() => ({ language, t: languages[language], ...formatters(language) }), [language])
  return <WordsContext value={words}>{children}</WordsContext>
}

export function useWords(): Words {
  return useContext(WordsContext)
}
