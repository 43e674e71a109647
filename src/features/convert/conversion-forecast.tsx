import { DiagnosticList } from '../../components/diagnostic-list.tsx'
import { Panel } from '../../components/panel.tsx'
import { VerdictMark } from '../../components/verdict-mark.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { CompatibilityView } from '../../worker/model-service.ts'
import styles from './convert-view.module.css'

interface ConversionForecastProps {
  row: CompatibilityView
  /** Whether the conversion is to be made with the options that the verdict is about. */
  hasDefaults: boolean
  onShow: (nodes: readonly string[]) => void
}

/** What a conversion will do, before it is made: the verdict of the compatibility table with all its reasons. */
export function ConversionForecast({ row, hasDefaults, onShow }: ConversionForecastProps) {
  const { t } = useWords()
  const { name, verdict, purpose, diagnostics } = row
  const blockers = diagnostics.filter(({ severity }) => severity === 'blocked')
  const isBlocked = verdict === 'blocked'
  return (
    <Panel
      title={isBlocked ? t.convert.blocked(name) : t.convert.forecast(name)}
      lead={isBlocked ? t.convert.blockedLead(blockers.length) : t.formatFact(purpose)}
    >
      {!isBlocked && (
        <p className={styles.verdict}>
          <VerdictMark verdict={verdict}>{t.compatibility[verdict]}</VerdictMark>
          {t.compatibility.explained[verdict]}
        </p>
      )}
      {diagnostics.length > 0 && <DiagnosticList diagnostics={diagnostics} onShow={onShow} />}
      {!hasDefaults && <p className={styles.aside}>{t.convert.forecastDefaults}</p>}
    </Panel>
  )
}
