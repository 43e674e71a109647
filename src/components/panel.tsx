import { type ReactNode, useId } from 'react'
import { classes } from './classes.ts'
import styles from './panel.module.css'

interface PanelProps {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  className?: string | undefined
  children: ReactNode
}

/** A sheet with one subject. */
export function Panel({ title, lead, actions, className, children }: PanelProps) {
  const id = useId()
  return (
    <section className={classes(styles.panel, className)} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {actions}
        {lead && <p className={styles.lead}>{lead}</p>}
      </header>
      {children}
    </section>
  )
}

/** A part of a sheet. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h3 className={styles.heading}>
        <span id={id}>{title}</span> {aside && <span className={styles.aside}>{aside}</span>}
      </h3>
      {children}
    </section>
  )
}
