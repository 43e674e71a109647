import { Field } from '../../components/field.tsx'
import { useWords } from '../../i18n/words.tsx'
import styles from './tensor-form.module.css'

/** A tensor as a nested array. */
export function JsonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useWords()
  return (
    <Field label={t.test.json} help={t.test.jsonHelp}>
      {(id, describedBy) => (
        <textarea
          id={id}
          aria-describedby={describedBy}
          className={styles.json}
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
