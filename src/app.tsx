import { useEffect, useLayoutEffect } from 'react'
import styles from './app.module.css'
import { AppHeader } from './app-header.tsx'
import { ErrorBoundary } from './components/error-boundary.tsx'
import { DocumentPage } from './document-page.tsx'
import { Announcer } from './features/open/announcer.tsx'
import { DropAnywhere } from './features/open/drop-anywhere.tsx'
import { OpenErrorBanner } from './features/open/open-error-banner.tsx'
import { OpeningPage } from './features/open/opening-page.tsx'
import { BrokenPage } from './features/open/reading-page.tsx'
import { WordsProvider } from './i18n/words.tsx'
import { keepHistory } from './store/history.ts'
import { useActiveId, useDocuments, useLanguage, useTheme } from './store/hooks.ts'
import type { Theme } from './store/settings-state.ts'

/** The studio: puts the features together, which do not know each other. */
export function App() {
  const language = useLanguage()
  const activeId = useActiveId()
  const document = useDocuments().find(({ id }) => id === activeId)
  usePageAttributes(language, useTheme())
  useEffect(keepHistory, [])
  useTitle(document?.name)
  return (
    <WordsProvider language={language}>
      <div className={styles.app}>
        <AppHeader />
        <main id="content" className={styles.main} tabIndex={-1}>
          {document && <OpenErrorBanner />}
          {document ? (
            <ErrorBoundary
              key={document.id}
              fallback={(error, retry) => (
                <BrokenPage id={document.id} name={document.name} error={error} onRetry={retry} />
              )}
            >
              <DocumentPage document={document} />
            </ErrorBoundary>
          ) : (
            <OpeningPage />
          )}
        </main>
        <DropAnywhere />
        <Announcer />
      </div>
    </WordsProvider>
  )
}

/** What the browser's tab is called. */
function useTitle(name: string | undefined) {
  useEffect(() => {
    document.title = name === undefined ? 'Portolan' : `${name} – Portolan`
  }, [name])
}

const darkSystem = matchMedia('(prefers-color-scheme: dark)')

/** Keeps `<html lang data-theme>` as the settings say. */
function usePageAttributes(language: string, theme: Theme) {
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  // Before anything is drawn: nothing flashes.
  useLayoutEffect(() => {
    const apply = () => {
      document.documentElement.dataset.theme = theme === 'system' ? (darkSystem.matches ? 'dark' : 'light') : theme
    }
    apply()
    darkSystem.addEventListener('change', apply)
    return () => darkSystem.removeEventListener('change', apply)
  }, [theme])
}
