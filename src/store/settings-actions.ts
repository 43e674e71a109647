import type { Language } from '../i18n/languages.ts'
import { LANGUAGE_KEY, THEME_KEY, type Theme } from './settings-state.ts'
import { studio } from './studio.ts'

export function setLanguage(language: Language): void {
  remember(LANGUAGE_KEY, language)
  studio.setState({ language })
}

export function setTheme(theme: Theme): void {
  remember(THEME_KEY, theme)
  studio.setState({ theme })
}

function remember(key: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(key, value)
  } catch {
    // Storage is forbidden: the choice lasts as long as the page.
  }
}
