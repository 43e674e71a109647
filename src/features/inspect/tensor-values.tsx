import { useEffect, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { ChevronIcon } from '../../components/icons.tsx'
import { ErrorNotice } from '../../components/notice.tsx'
import { useWords } from '../../i18n/words.tsx'
import { readWeightsPage } from '../../store/inspect-actions.ts'
import { running, settle, type Task } from '../../store/task.ts'
import type { TensorPlace } from '../../worker/model-service.ts'
import styles from './tensor-sheet.module.css'

interface TensorValuesProps {
  /** The document. */
  id: string
  place: TensorPlace
  elements: number
  /** Elements of the last axis: a line of text, if it is not too long. */
  width: number
}

const PAGE = 256
const MAX_LINE = 16

/** A tensor's values, a page at a time. */
export function TensorValues({ id, place, elements, width }: TensorValuesProps) {
  const { t, integer } = useWords()
  const [offset, setOffset] = useState(0)
  const page = usePage(id, place, offset)
  const words = t.inspect.tensor
  const last = Math.min(elements, offset + PAGE)
  return (
    <div>
      {page.status === 'failed' && <ErrorNotice error={page.error} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section className={styles.values} aria-label={words.values} tabIndex={0}>
        <pre>
          {page.status === 'done' ? lines(page.value, width > 1 && width <= MAX_LINE ? width : 8) : t.app.loading}
        </pre>
      </section>
      {elements > PAGE && (
        <div className={styles.pages}>
          <Button
            look="icon"
            aria-label={words.previous}
            disabled={offset === 0}
            onClick={() => setOffset(offset - PAGE)}
          >
            <span className={styles.previous}>
              <ChevronIcon />
            </span>
          </Button>
          <span>{words.page(integer(offset + 1), integer(last), integer(elements))}</span>
          <Button look="icon" aria-label={words.next} disabled={last >= elements} onClick={() => setOffset(last)}>
            <ChevronIcon />
          </Button>
        </div>
      )}
    </div>
  )
}

function usePage(id: string, { graph, address }: TensorPlace, offset: number): Task<readonly string[]> {
  const [page, setPage] = useState<Task<readonly string[]>>(running())
  const key = JSON.stringify(address)
  useEffect(() => {
    let isCurrent = true
    void settle(readWeightsPage(id, { graph, address: JSON.parse(key) }, offset, PAGE)).then((task) => {
      if (isCurrent) setPage(task)
    })
    return () => {
      isCurrent = false
    }
  }, [id, graph, key, offset])
  return page
}

/** Values in columns, so many on a line. */
function lines(values: readonly string[], perLine: number): string {
  const width = values.reduce((longest, value) => Math.max(longest, value.length), 0)
  const rows: string[] = []
  for (let i = 0; i < values.length; i += perLine) {
    rows.push(
      values
        .slice(i, i + perLine)
        .map((value) => value.padStart(width))
        .join('  '),
    )
  }
  return rows.join('\n')
}
