import { ErrorNotice } from '../../components/notice.tsx'
import { useOpenError } from '../../store/hooks.ts'
import { dismissOpenError } from '../../store/open-actions.ts'
import styles from './open-error-banner.module.css'

/** Why something could not be opened, over the model that is being looked at. */
export function OpenErrorBanner() {
  const error = useOpenError()
  if (!error) return null
  return (
    <div className={styles.banner}>
      <ErrorNotice error={error} onDismiss={dismissOpenError} />
    </div>
  )
}
