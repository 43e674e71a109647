import { useId } from 'react'
import { Button } from '../../components/button.tsx'
import { SelectField } from '../../components/field.tsx'
import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { Progress } from '../../components/progress.tsx'
import { useWords } from '../../i18n/words.tsx'
import { cancelConversion, convert, setTarget } from '../../store/convert-actions.ts'
import { useDocument } from '../../store/hooks.ts'
import { resultOf } from '../../store/task.ts'
import { ConversionForecast } from './conversion-forecast.tsx'
import { ConversionResult } from './conversion-result.tsx'
import styles from './convert-view.module.css'
import { OnnxOptions } from './onnx-options.tsx'
import { PmmlOptions } from './pmml-options.tsx'

interface ConvertViewProps {
  id: string
  onShow: (nodes: readonly string[]) => void
}

/** Target and options on one side, what will come of them or has come of them on the other. */
export function ConvertView({ id, onShow }: ConvertViewProps) {
  const { t } = useWords()
  const conversion = useDocument(id, (document) => document.conversion)
  const compatibility = useDocument(id, (document) => document.compatibility)
  const reasonId = useId()
  if (!conversion || !compatibility) return null
  const { target, options, task } = conversion
  const targets = (resultOf(compatibility) ?? []).filter((row) => row.verdict !== 'unwritable')
  const nameOf = (format: string | null) => targets.find((row) => row.format === format)?.name ?? format ?? ''
  const hasDefaults = Object.keys(options).length === 0
  const row = targets.find(({ format }) => format === target)
  const isBlocked = row?.verdict === 'blocked' && hasDefaults

  return (
    <div className={styles.view}>
      <Panel title={t.convert.title} className={styles.options}>
        {targets.length === 0 ? (
          compatibility.status !== 'failed' && <p>{t.app.loading}</p>
        ) : (
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault()
              void convert(id)
            }}
          >
            <SelectField
              label={t.convert.target}
              value={target ?? ''}
              options={targets.map((row) => ({
                value: row.format,
                label: `${row.name} – ${t.compatibility[row.verdict]}`,
              }))}
              onChange={(format) => setTarget(id, format)}
            />
            {target === 'onnx' && <OnnxOptions id={id} options={options} />}
            {target === 'pmml' && <PmmlOptions id={id} options={options} />}
            <Button
              type="submit"
              look="primary"
              disabled={isBlocked || task.status === 'running'}
              aria-describedby={isBlocked ? reasonId : undefined}
            >
              {task.status === 'done' ? t.convert.again : t.convert.convert}
            </Button>
            {isBlocked && (
              <p id={reasonId} className={styles.aside}>
                {t.convert.cannot(row.name)}
              </p>
            )}
          </form>
        )}
      </Panel>
      <div className={styles.result} aria-live="polite">
        {compatibility.status === 'failed' && <ErrorNotice error={compatibility.error} />}
        {task.status === 'idle' && row && <ConversionForecast row={row} hasDefaults={hasDefaults} onShow={onShow} />}
        {task.status === 'running' && (
          <Progress
            label={t.convert.converting(nameOf(target))}
            fraction={task.progress}
            onCancel={() => cancelConversion(id)}
          />
        )}
        {task.status === 'failed' && <ErrorNotice error={task.error} />}
        {task.status === 'done' && task.value.options !== options && (
          <Notice tone="warning" message={t.convert.outdated} />
        )}
        {task.status === 'done' && (
          <ConversionResult id={id} conversion={task.value} name={nameOf(task.value.target)} onShow={onShow} />
        )}
      </div>
    </div>
  )
}
