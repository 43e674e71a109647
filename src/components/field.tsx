import { type ReactNode, useId } from 'react'
import styles from './field.module.css'

interface FieldProps {
  label: string
  help?: string
  /** Gets the id that the label points at. */
  children: (id: string, describedBy: string | undefined) => ReactNode
}

/** A labelled control. */
export function Field({ label, help, children }: FieldProps) {
  const id = useId()
  const helpId = help ? `${id}-help` : undefined
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children(id, helpId)}
      {help && (
        <p id={helpId} className={styles.help}>
          {help}
        </p>
      )}
    </div>
  )
}

interface SelectFieldProps<V extends string> {
  label: string
  help?: string
  value: V
  options: readonly { readonly value: V; readonly label: string }[]
  onChange: (value: V) => void
}

/** A labelled choice of one. */
export function SelectField<V extends string>({ label, help, value, options, onChange }: SelectFieldProps<V>) {
  return (
    <Field label={label} {...(help === undefined ? {} : { help })}>
      {(id, describedBy) => (
        <select
          id={id}
          className={styles.control}
          aria-describedby={describedBy}
          value={value}
          onChange={(event) => onChange(event.target.value as V)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface TextFieldProps {
  label: string
  help?: string
  value: string
  type?: 'text' | 'number'
  placeholder?: string
  onChange: (value: string) => void
}

/** A labelled line of text. */
export function TextField({ label, help, value, type = 'text', placeholder, onChange }: TextFieldProps) {
  return (
    <Field label={label} {...(help === undefined ? {} : { help })}>
      {(id, describedBy) => (
        <input
          id={id}
          className={styles.control}
          aria-describedby={describedBy}
          type={type}
          step={type === 'number' ? 'any' : undefined}
          value={value}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
