import { type DragEvent, type ReactNode, useState } from 'react'
import { classes } from './classes.ts'
import styles from './file-drop.module.css'
import { FilePicker } from './file-picker.tsx'

interface FileDropProps {
  accept?: string
  /** On the button. */
  label: string
  /** Beside the button. */
  words: ReactNode
  onFile: (file: File) => void
}

/** A place that takes one file by itself, so that the page around it does not open it as a model. */
export function FileDrop({ accept, label, words, onFile }: FileDropProps) {
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) onFile(file)
  }
  return (
    // The button inside does the same by keyboard.
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a mouse's way of using the button
    <div
      className={classes(styles.place, isOver && styles.over)}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FilePicker {...(accept === undefined ? {} : { accept })} onFiles={([file]) => file && onFile(file)}>
        {label}
      </FilePicker>
      <span>{words}</span>
    </div>
  )
}
