import { Button } from '../../components/button.tsx'
import { FilePicker } from '../../components/file-picker.tsx'
import { RoseIcon } from '../../components/icons.tsx'
import { ErrorNotice } from '../../components/notice.tsx'
import { PickleSafety } from '../../components/pickle-safety.tsx'
import { Progress } from '../../components/progress.tsx'
import { type SerializedError, serializeError } from '../../core/errors.ts'
import { useWords } from '../../i18n/words.tsx'
import { closeDocument, openFiles, readDocument } from '../../store/open-actions.ts'
import styles from './reading-page.module.css'

interface DocumentProps {
  id: string
  name: string
}

/** A file that is being read. */
export function ReadingPage({ id, name }: DocumentProps) {
  const { t } = useWords()
  return (
    <div className={styles.page}>
      <div className={styles.rose}>
        <RoseIcon size={56} />
      </div>
      <Progress
        label={t.open.reading(name)}
        fraction={null}
        cancelLabel={t.open.cancelReading}
        onCancel={() => closeDocument(id)}
      />
      <p className={styles.lead}>{t.open.readingLead}</p>
    </div>
  )
}

/** A model whose page broke: the others go on. */
export function BrokenPage({ id, name, error, onRetry }: DocumentProps & { error: unknown; onRetry: () => void }) {
  const { t } = useWords()
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{t.open.broken(name)}</h1>
      <ErrorNotice
        error={serializeError(error)}
        actions={
          <>
            <Button look="primary" onClick={onRetry}>
              {t.open.reread}
            </Button>
            <Button onClick={() => closeDocument(id)}>{t.app.close}</Button>
          </>
        }
      />
    </div>
  )
}

/** A file that could not be read: why, and ways on. */
export function UnreadablePage({ id, name, error }: DocumentProps & { error: SerializedError }) {
  const { t } = useWords()
  const { variant } = error.context
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{t.open.couldNotOpen(name)}</h1>
      <ErrorNotice
        error={error}
        actions={
          <>
            <FilePicker
              look="primary"
              onFiles={(files) => {
                closeDocument(id)
                void openFiles(files)
              }}
            >
              {t.open.tryAnother}
            </FilePicker>
            <Button onClick={() => void readDocument(id)}>{t.open.reread}</Button>
            <Button onClick={() => closeDocument(id)}>{t.app.close}</Button>
          </>
        }
      />
      {error.safety && error.safety.entries.length > 0 && (
        <div className={styles.report}>
          <PickleSafety report={error.safety} />
        </div>
      )}
      {variant && (
        <p className={styles.lead}>
          {t.open.recognisedAs}: <strong>{String(variant)}</strong>
        </p>
      )}
    </div>
  )
}
