import { useWords } from '../../i18n/words.tsx'
import { useActiveId, useDocument } from '../../store/hooks.ts'
import { resultOf } from '../../store/task.ts'

/** Tells those who do not see the page that the model they opened is there. */
export function Announcer() {
  const { t } = useWords()
  const id = useActiveId()
  const name = useDocument(id, (document) => document.name)
  const format = useDocument(id, (document) => resultOf(document.summary)?.formatName)
  return (
    <p role="status" className="visually-hidden">
      {name && format && t.open.opened(name, format)}
    </p>
  )
}
