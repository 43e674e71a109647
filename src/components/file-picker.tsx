import { type ReactNode, useRef } from 'react'
import { Button } from './button.tsx'

interface FilePickerProps {
  look?: 'plain' | 'primary' | 'quiet'
  /** What the system's dialog offers first, as in `<input accept>`. */
  accept?: string
  multiple?: boolean
  onFiles: (files: File[]) => void
  children: ReactNode
}

/** A button that lets files be chosen. */
export function FilePicker({ look = 'plain', accept, multiple = false, onFiles, children }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button look={look} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={multiple}
        onChange={({ currentTarget }) => {
          const files = Array.from(currentTarget.files ?? [])
          // The same file can be chosen again.
          currentTarget.value = ''
          if (files.length > 0) onFiles(files)
        }}
      />
    </>
  )
}
