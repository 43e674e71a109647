import { type Language, languageTags, preferredLanguage } from '../i18n/languages.ts'

export type Theme = 'system' | 'light' | 'dark'
export const themes = ['system', 'light', 'dark'] as const satisfies readonly Theme[]

/** What a person has chosen for the page; remembered in the browser. */
export interface SettingsState {
  readonly language: Language
  readonly theme: Theme
}

export const LANGUAGE_KEY = 'portolan.language'
export const THEME_KEY = 'portolan.theme'

export function initialSettings(): SettingsState {
  const language = languageTags.find((tag) => tag === remembered(LANGUAGE_KEY))
  const theme = themes.find((name) => name === remembered(THEME_KEY))
  return {
    language: language ?? preferredLanguage(globalThis.navigator?.languages ?? []),
    theme: theme ?? 'system',
  }
}

/** Storage can be forbidden (private windows, policies): then nothing is remembered. */
function remembered(key: string): string | null {
  try {
    return globalThis.localStorage?.getItem(key) ?? null
  } catch {
    return null
  }
}
