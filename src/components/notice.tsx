import type { ReactNode } from 'react'
import type { SerializedError } from '../core/errors.ts'
import { useWords } from '../i18n/words.tsx'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { CloseIcon } from './icons.tsx'
import styles from './notice.module.css'

interface NoticeProps {
  tone: 'error' | 'warning' | 'good'
  message: ReactNode
  children?: ReactNode
  actions?: ReactNode
  onDismiss?: () => void
}

/** Something that has to be said now; an error is announced at once, anything else when there is a pause. */
export function Notice({ tone, message, children, actions, onDismiss }: NoticeProps) {
  const { t } = useWords()
  return (
    <div className={classes(styles.notice, styles[tone])} role={tone === 'error' ? 'alert' : 'status'}>
      <div>
        <p className={styles.message}>{message}</p>
        {children && <div className={styles.text}>{children}</div>}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {onDismiss && (
        <Button look="icon" aria-label={t.app.dismiss} onClick={onDismiss}>
          <CloseIcon />
        </Button>
      )}
    </div>
  )
}

interface ErrorNoticeProps {
  error: SerializedError
  title?: string
  actions?: ReactNode
  onDismiss?: () => void
}

/** What happened, where, and what to do now. */
export function ErrorNotice({ error, title, ...rest }: ErrorNoticeProps) {
  const message = sentence(error.message)
  return (
    <Notice tone="error" message={title ?? message} {...rest}>
      {title && <p>{message}</p>}
      {error.hint && <p>{error.hint}</p>}
    </Notice>
  )
}

/** Starts with a capital, unless the first word is a file's or a node's name. */
const sentence = (text: string) => text.replace(/^[a-z](?=[a-z]*[ ,:])/, (letter) => letter.toUpperCase())
