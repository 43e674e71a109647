import { useEffect } from 'react'
import { Button } from '../../components/button.tsx'
import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { Progress } from '../../components/progress.tsx'
import { useWords } from '../../i18n/words.tsx'
import { documentOf } from '../../store/document-access.ts'
import type { ConvertOptions } from '../../store/documents-state.ts'
import { useDocument } from '../../store/hooks.ts'
import { cancelTest, prepareTest, runTest, testOptions } from '../../store/test-actions.ts'
import type { TestSetup, TestState } from '../../store/test-state.ts'
import { AgreementPanel } from './agreement-panel.tsx'
import { ExpectedPanel } from './expected-panel.tsx'
import { InputForm } from './input-form.tsx'
import { OutputPanel } from './output-panel.tsx'
import styles from './test-view.module.css'

/** Runs the model in ONNX Runtime and holds its answers against the reference and against expected ones. */
export function TestView({ id }: { id: string }) {
  const { t } = useWords()
  const test = useDocument(id, (document) => document.test)
  const setup = test?.setup
  useEffect(() => {
    if (documentOf(id)?.test.setup.status === 'idle') void prepareTest(id)
  }, [id])

  if (!test || !setup) return null
  if (setup.status === 'failed') {
    return (
      <div className={styles.alone}>
        <ErrorNotice
          title={t.test.unavailable}
          error={setup.error}
          actions={<Button onClick={() => void prepareTest(id)}>{t.open.reread}</Button>}
        />
      </div>
    )
  }
  if (setup.status === 'idle') {
    return (
      <div className={styles.alone}>
        <p>{t.test.stopped}</p>
        <Button look="primary" onClick={() => void prepareTest(id)}>
          {t.test.load}
        </Button>
      </div>
    )
  }
  if (setup.status === 'running') {
    return (
      <div className={styles.alone}>
        <Progress label={t.test.preparing} fraction={null} onCancel={() => cancelTest(id)} />
      </div>
    )
  }
  return <ReadyTest id={id} test={test} setup={setup.value} />
}

function ReadyTest({ id, test, setup }: { id: string; test: TestState; setup: TestSetup }) {
  const { t, milliseconds } = useWords()
  const isOutdated = useDocument(id, (document) => !sameOptions(testOptions(document), setup.options))
  const { draft, run, ran, agreement, expected } = test
  return (
    <div className={styles.view}>
      <Panel title={t.test.title} lead={t.test.lead} className={styles.inputs}>
        <p className={styles.loaded}>
          {setup.isOriginal ? t.test.original : t.test.converted} {t.test.loaded(milliseconds(setup.loadTime))}.
        </p>
        {isOutdated && (
          <Notice
            tone="warning"
            message={t.convert.outdated}
            actions={<Button onClick={() => void prepareTest(id)}>{t.test.reload}</Button>}
          />
        )}
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            void runTest(id)
          }}
        >
          <InputForm id={id} inputs={setup.inputs} draft={draft} />
          <Button type="submit" look="primary" disabled={run.status === 'running'}>
            {t.test.run}
          </Button>
        </form>
      </Panel>
      <div className={styles.results} aria-live="polite">
        {run.status === 'idle' && <p className={styles.waiting}>{t.test.waiting}</p>}
        {run.status === 'failed' && <ErrorNotice error={run.error} />}
        {run.status === 'running' && (
          <Progress label={t.test.running} fraction={null} onCancel={() => cancelTest(id)} />
        )}
        {run.status === 'done' && (
          <>
            {draft !== ran && <Notice tone="warning" message={t.test.outdated} />}
            <OutputPanel id={id} run={run.value} />
            <AgreementPanel id={id} agreement={agreement} />
            <ExpectedPanel id={id} columns={run.value.preview.columns} expected={expected} />
          </>
        )}
      </div>
    </div>
  )
}

const sameOptions = (a: ConvertOptions, b: ConvertOptions) => JSON.stringify(a) === JSON.stringify(b)
