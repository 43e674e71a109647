import { SelectField } from '../../components/field.tsx'
import { useWords } from '../../i18n/words.tsx'
import { changeDraft } from '../../store/test-actions.ts'
import { testModes } from '../../store/test-draft.ts'
import type { FormInput, TestDraft } from '../../store/test-state.ts'
import { RowForm } from './row-form.tsx'
import { TableChoice } from './table-choice.tsx'
import { TensorForm } from './tensor-form.tsx'

interface InputFormProps {
  id: string
  inputs: readonly FormInput[]
  draft: TestDraft
}

/** The form that a model's signature asks for. */
export function InputForm({ id, inputs, draft }: InputFormProps) {
  const { t } = useWords()
  const modes = testModes(inputs)
  const names = { row: t.test.form, table: t.test.table, tensors: t.test.tensors }
  return (
    <>
      {modes.length > 1 && (
        <SelectField
          label={t.test.inputs}
          value={draft.mode}
          options={modes.map((mode) => ({ value: mode, label: names[mode] }))}
          onChange={(mode) => changeDraft(id, { mode })}
        />
      )}
      {draft.mode === 'row' && <RowForm id={id} inputs={inputs} row={draft.row} />}
      {draft.mode === 'table' && <TableChoice id={id} table={draft.table} />}
      {draft.mode === 'tensors' && <TensorForm id={id} inputs={inputs} fills={draft.fills} />}
    </>
  )
}
