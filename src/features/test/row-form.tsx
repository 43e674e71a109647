import { SelectField, TextField } from '../../components/field.tsx'
import type { Feature } from '../../core/ir/model.ts'
import { useWords } from '../../i18n/words.tsx'
import { changeDraft } from '../../store/test-actions.ts'
import type { FormInput } from '../../store/test-state.ts'
import styles from './row-form.module.css'

interface RowFormProps {
  id: string
  inputs: readonly FormInput[]
  row: Readonly<Record<string, string>>
}

/** One row of a table: a control for each of its columns. */
export function RowForm({ id, inputs, row }: RowFormProps) {
  const { t } = useWords()
  const features = inputs.flatMap((input) => input.features ?? [])
  return (
    <fieldset className={styles.form}>
      <legend className="visually-hidden">{t.test.form}</legend>
      {features.map((feature) => (
        <Cell
          key={feature.name}
          feature={feature}
          value={row[feature.name] ?? ''}
          onChange={(value) => changeDraft(id, { row: { ...row, [feature.name]: value } })}
        />
      ))}
    </fieldset>
  )
}

interface CellProps {
  feature: Feature
  value: string
  onChange: (value: string) => void
}

/** Text for strings and dates, a choice for known values, a number otherwise; all can be left empty for a missing value. */
function Cell({ feature, value, onChange }: CellProps) {
  const { t } = useWords()
  const { name, kind, dataType, values, range } = feature
  if (dataType === 'boolean' || (kind !== 'continuous' && values && values.length > 0)) {
    const choices = values && values.length > 0 ? values.map(String) : ['true', 'false']
    return (
      <SelectField
        label={name}
        value={value}
        options={[
          { value: '', label: `– ${t.test.missing} –` },
          ...choices.map((choice) => ({ value: choice, label: choice })),
        ]}
        onChange={onChange}
      />
    )
  }
  const isText = dataType === 'string' || dataType === 'date' || dataType === 'dateTime'
  return (
    <TextField
      label={name}
      type={isText ? 'text' : 'number'}
      value={value}
      placeholder={range ? `${range[0]} … ${range[1]}` : t.test.missing}
      onChange={onChange}
    />
  )
}
