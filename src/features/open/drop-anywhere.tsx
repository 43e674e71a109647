import { useEffect, useState } from 'react'
import { useWords } from '../../i18n/words.tsx'
import { openFiles } from '../../store/open-actions.ts'
import styles from './drop-anywhere.module.css'

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/**
 * Makes the whole page a place to drop model files; says so while one is being dragged. A smaller place on the page that
 * takes files itself (a CSV of rows) stops the event.
 */
export function DropAnywhere() {
  const { t } = useWords()
  const [isDragging, setDragging] = useState(false)

  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      setDragging(true)
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false)
    }
    const drop = (event: DragEvent) => {
      setDragging(false)
      if (!holdsFiles(event) || event.defaultPrevented) return
      event.preventDefault()
      void openFiles(Array.from(event.dataTransfer?.files ?? []))
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])

  if (!isDragging) return null
  return (
    <div className={styles.overlay} aria-hidden="true">
      <p className={styles.words}>{t.open.dropHere}</p>
    </div>
  )
}
