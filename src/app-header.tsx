import styles from './app-header.module.css'
import { RoseIcon } from './components/icons.tsx'
import { OpenDocuments } from './features/open/open-documents.tsx'
import { type Language, languages, languageTags } from './i18n/languages.ts'
import { useWords } from './i18n/words.tsx'
import { useTheme } from './store/hooks.ts'
import { showDocument } from './store/open-actions.ts'
import { setLanguage, setTheme } from './store/settings-actions.ts'
import { type Theme, themes } from './store/settings-state.ts'

/** The studio's name, the open models, and the settings. */
export function AppHeader() {
  const { t, language } = useWords()
  const theme = useTheme()
  return (
    <header className={styles.header}>
      <a className={styles.skip} href="#content">
        {t.app.skipToContent}
      </a>
      <button type="button" className={styles.brand} title={t.app.tagline} onClick={() => showDocument(null)}>
        <RoseIcon size={26} />
        <span className={styles.name}>Portolan</span>
      </button>
      <OpenDocuments />
      <div className={styles.settings}>
        <select
          className={styles.setting}
          aria-label={t.app.languageLabel}
          value={language}
          onChange={(event) => setLanguage(event.target.value as Language)}
        >
          {languageTags.map((tag) => (
            <option key={tag} value={tag} lang={tag}>
              {languages[tag].language}
            </option>
          ))}
        </select>
        <select
          className={styles.setting}
          aria-label={t.app.theme.label}
          value={theme}
          onChange={(event) => setTheme(event.target.value as Theme)}
        >
          {themes.map((name) => (
            <option key={name} value={name}>
              {t.app.theme[name]}
            </option>
          ))}
        </select>
      </div>
    </header>
  )
}
