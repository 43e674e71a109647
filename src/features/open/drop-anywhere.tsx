import { useEffect, useState } from 'react'
import { useWords } from '../../i18n/words.tsx'
import { openFiles, openUrl } from '../../store/open-actions.ts'
import styles from './drop-anywhere.module.css'

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Pasted text that can be an address; anything else is none of the page's business. */
const ADDRESS = /^[^\s]{1,2000}\.[^\s.]{1,12}$/

const isEditable = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')

/**
 * Makes the whole page a place to drop model files, and to paste one or its address; says so while one is being dragged. A smaller place on the page that
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
    const paste = ({ clipboardData, target }: ClipboardEvent) => {
      const files = Array.from(clipboardData?.files ?? [])
      if (files.length > 0) void openFiles(files)
      const text = clipboardData?.getData('text').trim() ?? ''
      if (files.length === 0 && ADDRESS.test(text) && !isEditable(target)) void openUrl(text, t.open)
    }
    addEventListener('paste', paste)
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('paste', paste)
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [t])

  if (!isDragging) return null
  return (
    <div className={styles.overlay} aria-hidden="true">
      <p className={styles.words}>{t.open.dropHere}</p>
    </div>
  )
}
