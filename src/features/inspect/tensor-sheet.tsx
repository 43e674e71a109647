import { useEffect, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Facts } from '../../components/facts.tsx'
import { Histogram } from '../../components/histogram.tsx'
import { DownloadIcon } from '../../components/icons.tsx'
import { ErrorNotice } from '../../components/notice.tsx'
import { saveFile } from '../../components/save-file.ts'
import { useWords } from '../../i18n/words.tsx'
import { readWeights, weightsFile } from '../../store/inspect-actions.ts'
import { running, settle, type Task } from '../../store/task.ts'
import type { TensorPlace } from '../../worker/model-service.ts'
import type { WeightStatistics, WeightsView } from '../../worker/weights.ts'
import styles from './tensor-sheet.module.css'
import { TensorValues } from './tensor-values.tsx'

interface TensorSheetProps {
  /** The document. */
  id: string
  name: string
  place: TensorPlace
}

/** Statistics, histogram and values of a tensor, which is read when this is shown. */
export function TensorSheet({ id, name, place }: TensorSheetProps) {
  const { t } = useWords()
  const weights = useWeights(id, place)
  if (weights.status === 'failed') return <ErrorNotice error={weights.error} />
  if (weights.status !== 'done') return <p role="status">{t.app.loading}</p>
  const { statistics, elements, shape } = weights.value
  const save = async () => saveFile(await weightsFile(id, place), `${name.replace(/[^\w.-]+/g, '_')}.npy`)
  return (
    <div className={styles.sheet}>
      {statistics && <Statistics statistics={statistics} />}
      <TensorValues id={id} place={place} elements={elements} width={shape.at(-1) ?? 1} />
      <Button onClick={() => void save()}>
        <DownloadIcon /> {t.inspect.tensor.npy}
      </Button>
    </div>
  )
}

function useWeights(id: string, { graph, address }: TensorPlace): Task<WeightsView> {
  const [weights, setWeights] = useState<Task<WeightsView>>(running())
  const key = JSON.stringify(address)
  useEffect(() => {
    let isCurrent = true
    void settle(readWeights(id, { graph, address: JSON.parse(key) })).then((task) => {
      if (isCurrent) setWeights(task)
    })
    return () => {
      isCurrent = false
    }
  }, [id, graph, key])
  return weights
}

function Statistics({ statistics }: { statistics: WeightStatistics }) {
  const { t, number, integer } = useWords()
  const { min, max, mean, deviation, zeros, nonFinite, histogram } = statistics
  const words = t.inspect.tensor
  return (
    <>
      <Histogram label={words.histogram} min={min} max={max} counts={histogram} />
      <Facts
        facts={[
          { name: words.min, value: number(min) },
          { name: words.max, value: number(max) },
          { name: words.mean, value: number(mean) },
          { name: words.deviation, value: number(deviation) },
          { name: words.zeros, value: integer(zeros) },
          ...(nonFinite > 0 ? [{ name: words.nonFinite, value: integer(nonFinite) }] : []),
        ]}
      />
    </>
  )
}
