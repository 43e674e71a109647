import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { useWords } from '../../i18n/words.tsx'

/** Names shown at first. */
const SHOWN = 8

/** The names of a table's columns, the first few of many. */
export function ColumnNames({ names }: { names: readonly string[] }) {
  const { t } = useWords()
  const [showsAll, setShowsAll] = useState(false)
  const shown = showsAll ? names : names.slice(0, SHOWN)
  return (
    <>
      <code>{shown.join(', ')}</code>
      {names.length > SHOWN && (
        <Button look="quiet" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? t.app.showFewer : t.app.showAll(names.length)}
        </Button>
      )}
    </>
  )
}
