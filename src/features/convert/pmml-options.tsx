import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Field, SelectField } from '../../components/field.tsx'
import { FilePicker } from '../../components/file-picker.tsx'
import { ErrorNotice } from '../../components/notice.tsx'
import { type SerializedError, serializeError } from '../../core/errors.ts'
import { useWords } from '../../i18n/words.tsx'
import { setOptions, setVerificationRows } from '../../store/convert-actions.ts'
import type { ConvertOptions } from '../../store/documents-state.ts'
import styles from './convert-view.module.css'

/** The options of a conversion to PMML. */
export function PmmlOptions({ id, options }: { id: string; options: ConvertOptions }) {
  const { t } = useWords()
  const words = t.convert.pmml
  return (
    <>
      <SelectField
        label={words.invalidValues}
        value={options.invalidValues ?? ''}
        options={[
          { value: '', label: words.invalidDefault },
          { value: 'returnInvalid', label: words.returnInvalid },
          { value: 'asIs', label: words.asIs },
          { value: 'asMissing', label: words.asMissing },
        ]}
        onChange={(treatment) => setOptions(id, { invalidValues: treatment === '' ? undefined : treatment })}
      />
      <VerificationRows id={id} count={options.verification?.length ?? 0} />
    </>
  )
}

/** Rows from a CSV that the file is to carry with it. */
function VerificationRows({ id, count }: { id: string; count: number }) {
  const { t } = useWords()
  const words = t.convert.pmml
  const [error, setError] = useState<SerializedError | null>(null)
  const take = async (files: readonly File[]) => {
    setError(null)
    if (files[0]) await setVerificationRows(id, files[0]).catch((cause: unknown) => setError(serializeError(cause)))
  }
  return (
    <Field label={words.verification} help={words.verificationHelp}>
      {() => (
        <div className={styles.rows}>
          <FilePicker accept=".csv,text/csv" onFiles={(files) => void take(files)}>
            {words.chooseCsv}
          </FilePicker>
          {count > 0 && (
            <>
              <span>{words.rows(count)}</span>
              <Button look="quiet" onClick={() => setOptions(id, { verification: undefined })}>
                {words.remove}
              </Button>
            </>
          )}
          {error && <ErrorNotice error={error} />}
        </div>
      )}
    </Field>
  )
}
