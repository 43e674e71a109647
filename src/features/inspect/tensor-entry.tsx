import { useState } from 'react'
import { ChevronIcon } from '../../components/icons.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { ConstantView } from '../../worker/graph-view.ts'
import type { TensorAddress } from '../../worker/model-service.ts'
import styles from './tensor-entry.module.css'
import { TensorSheet } from './tensor-sheet.tsx'

interface TensorEntryProps {
  /** The document. */
  id: string
  graph: string
  name: string
  address: TensorAddress
  view: ConstantView | undefined
}

/** A tensor by its name, type and shape; opened, what is in it. */
export function TensorEntry({ id, graph, name, address, view }: TensorEntryProps) {
  const { t } = useWords()
  const [isOpen, setOpen] = useState(false)
  return (
    <div>
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={isOpen}
        aria-label={t.inspect.tensor.show(name)}
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronIcon />
        <span className={styles.name}>{name}</span>
        <code>{view && `${view.dtype}[${view.shape.join(', ')}]`}</code>
      </button>
      {isOpen && <TensorSheet id={id} name={name} place={{ graph, address }} />}
    </div>
  )
}
