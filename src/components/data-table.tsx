import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import styles from './data-table.module.css'

interface Column {
  readonly title: string
  /** 'value' is code that is never broken. */
  readonly kind?: 'text' | 'code' | 'value' | 'number'
}

interface DataTableProps {
  /** What the table holds, for those who do not see it. */
  label: string
  columns: readonly Column[]
  /** Cells in the columns' order; the first one names its row. */
  rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[]
  /** Scrolls within a limited height. */
  limited?: boolean
}

export function DataTable({ label, columns, rows, limited = false }: DataTableProps) {
  return (
    // A scrolled region has to be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className={classes(styles.scroll, limited && styles.limited)} aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map(({ title, kind }) => (
              <th key={title} scope="col" className={kind === 'number' ? styles.number : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key}>
              <th scope="row">{first}</th>
              {rest.map((cell, i) => {
                const { title = '', kind = 'text' } = columns[i + 1] ?? {}
                return (
                  <td key={title} className={kind === 'text' ? undefined : styles[kind]}>
                    {cell}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
