import { useId, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { classes } from '../../components/classes.ts'
import { DiagnosticList } from '../../components/diagnostic-list.tsx'
import { ChevronIcon } from '../../components/icons.tsx'
import { VerdictMark } from '../../components/verdict-mark.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { CompatibilityView } from '../../worker/model-service.ts'
import styles from './compatibility-view.module.css'

interface FormatRowProps {
  row: CompatibilityView
  isOwn: boolean
  onShow: (nodes: readonly string[]) => void
  onConvert: (format: string) => void
}

/** A format with the verdict on this model, expandable down to the reasons. */
export function FormatRow({ row, isOwn, onShow, onConvert }: FormatRowProps) {
  const { t } = useWords()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const { verdict, name, purpose, audience, diagnostics } = row
  return (
    <tbody className={classes(styles.group, isOpen && styles.open)}>
      <tr className={styles.row} onClick={() => setOpen(!isOpen)}>
        <th scope="row">
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={isOpen}
            aria-controls={id}
            aria-label={t.compatibility.expand(name)}
            onClick={(event) => {
              event.stopPropagation()
              setOpen(!isOpen)
            }}
          >
            <span className={styles.chevron}>
              <ChevronIcon />
            </span>
            {name}
          </button>
          {isOwn && <span className={styles.own}>{t.compatibility.original}</span>}
        </th>
        <td>
          <VerdictMark verdict={verdict}>{t.compatibility[verdict]}</VerdictMark>
          {diagnostics.length > 0 && (
            <span className={styles.count}>{t.compatibility.findings(diagnostics.length)}</span>
          )}
        </td>
        <td className={styles.use}>
          <p>{t.formatFact(purpose)}</p>
          <p className={styles.audience}>{t.formatFact(audience)}</p>
        </td>
      </tr>
      <tr id={id} hidden={!isOpen}>
        <td colSpan={3} className={styles.details}>
          {isOpen && (
            <div className={styles.detailsBody}>
              <p>{t.compatibility.explained[verdict]}</p>
              {diagnostics.length > 0 ? (
                <DiagnosticList diagnostics={diagnostics} onShow={onShow} />
              ) : (
                verdict !== 'unwritable' && <p>{t.compatibility.noFindings}</p>
              )}
              <div className={styles.actions}>
                {(verdict === 'exact' || verdict === 'approximate' || verdict === 'lossy') && (
                  <Button look="primary" onClick={() => onConvert(row.format)}>
                    {t.compatibility.convertTo(name)}
                  </Button>
                )}
                <a href={row.documentation} target="_blank" rel="noreferrer">
                  {t.compatibility.documentation}
                </a>
              </div>
            </div>
          )}
        </td>
      </tr>
    </tbody>
  )
}
