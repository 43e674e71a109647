import { Button } from '../../components/button.tsx'
import { classes } from '../../components/classes.ts'
import { CloseIcon, PlusIcon } from '../../components/icons.tsx'
import { useWords } from '../../i18n/words.tsx'
import { useActiveId, useDocuments } from '../../store/hooks.ts'
import { closeDocument, showDocument } from '../../store/open-actions.ts'
import styles from './open-documents.module.css'

/** The models that are open, and the way to the opening page. */
export function OpenDocuments() {
  const { t } = useWords()
  const documents = useDocuments()
  const activeId = useActiveId()
  if (documents.length === 0) return null
  return (
    <nav className={styles.nav} aria-label={t.open.openModels}>
      <ul className={styles.list}>
        {documents.map(({ id, name, summary }) => (
          <li key={id} className={classes(styles.item, id === activeId && styles.active)}>
            <button
              type="button"
              className={styles.name}
              aria-current={id === activeId ? 'page' : undefined}
              title={name}
              onClick={() => showDocument(id)}
            >
              {summary.status === 'failed' && <span aria-hidden="true">⚠ </span>}
              {name}
            </button>
            <Button look="icon" aria-label={t.open.closeModel(name)} onClick={() => closeDocument(id)}>
              <CloseIcon />
            </Button>
          </li>
        ))}
      </ul>
      <Button look="icon" aria-label={t.open.newModel} title={t.open.newModel} onClick={() => showDocument(null)}>
        <PlusIcon />
      </Button>
    </nav>
  )
}
