import type { ReactNode } from 'react'
import { Button } from '../components/button.tsx'
import { useWords } from '../i18n/words.tsx'
import styles from './diagram.module.css'
import type { Stage } from './stage.ts'

interface ToolsProps {
  stage: Stage
  hasList: boolean
  onList(): void
  hasContainers: boolean
  onOpenAll(): void
  onCloseAll(): void
}

/** The buttons over the drawing. */
export function Tools({ stage, hasList, onList, hasContainers, onOpenAll, onCloseAll }: ToolsProps) {
  const { t } = useWords()
  return (
    <>
      {!hasList && (
        <Button className={styles.listToggle} onClick={onList}>
          {t.diagram.showList}
        </Button>
      )}
      <div className={styles.tools}>
        {hasContainers && (
          <>
            <Tool name={t.diagram.openAll} onClick={onOpenAll}>
              <path d="m4 6 4-4 4 4M4 10l4 4 4-4" />
            </Tool>
            <Tool name={t.diagram.closeAll} onClick={onCloseAll}>
              <path d="m4 2.5 4 4 4-4M4 13.5l4-4 4 4" />
            </Tool>
          </>
        )}
        <Tool name={t.diagram.zoomOut} onClick={() => stage.zoomBy(1 / 1.4)}>
          <path d="M3 8h10" />
        </Tool>
        <Tool name={t.diagram.zoomIn} onClick={() => stage.zoomBy(1.4)}>
          <path d="M3 8h10M8 3v10" />
        </Tool>
        <Tool name={t.diagram.fit} onClick={() => stage.fit()}>
          <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />
        </Tool>
      </div>
    </>
  )
}

function Tool({ name, onClick, children }: { name: string; onClick: () => void; children: ReactNode }) {
  return (
    <Button look="icon" aria-label={name} title={name} onClick={onClick}>
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        {children}
      </svg>
    </Button>
  )
}
