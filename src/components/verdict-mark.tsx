import { classes } from './classes.ts'
import styles from './verdict-mark.module.css'

/** Everything that a mark can stand for. */
export type Verdict =
  | 'exact'
  | 'approximate'
  | 'lossy'
  | 'blocked'
  | 'unwritable'
  | 'info'
  | 'safe'
  | 'unknown'
  | 'dangerous'

/** Told apart by shape as well as by colour. */
const SYMBOLS: Readonly<Record<Verdict, string>> = {
  exact: '●',
  approximate: '◐',
  lossy: '◔',
  blocked: '✕',
  unwritable: '○',
  info: 'i',
  safe: '●',
  unknown: '?',
  dangerous: '✕',
}

export function VerdictMark({ verdict, children }: { verdict: Verdict; children: string }) {
  return (
    <span className={classes(styles.mark, styles[verdict])}>
      <span aria-hidden="true">{SYMBOLS[verdict]}</span>
      {children}
    </span>
  )
}
