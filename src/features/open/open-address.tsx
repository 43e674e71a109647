import { type FormEvent, useId, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { useWords } from '../../i18n/words.tsx'
import { openUrl } from '../../store/open-actions.ts'
import styles from './open-address.module.css'

/** Opens a file of the page's own origin by its address. */
export function OpenAddress() {
  const { t } = useWords()
  const id = useId()
  const [address, setAddress] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void openUrl(address, t.open)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <label htmlFor={id}>{t.open.urlLabel}</label>
      <div className={styles.row}>
        <input
          id={id}
          className={styles.address}
          value={address}
          placeholder={t.open.urlPlaceholder}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setAddress(event.target.value)}
        />
        <Button type="submit">{t.open.urlSubmit}</Button>
      </div>
    </form>
  )
}
