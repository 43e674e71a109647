import { FilePicker } from '../../components/file-picker.tsx'
import { FileIcon, RoseIcon } from '../../components/icons.tsx'
import { ErrorNotice } from '../../components/notice.tsx'
import { useWords } from '../../i18n/words.tsx'
import { useOpenError } from '../../store/hooks.ts'
import { dismissOpenError, openFiles, openSample } from '../../store/open-actions.ts'
import { OpenAddress } from './open-address.tsx'
import styles from './opening-page.module.css'
import { RhumbLines } from './rhumb-lines.tsx'
import { type Sample, samples } from './samples.ts'

/** What stands on the page while no model does: ways to open one. */
export function OpeningPage() {
  const { t } = useWords()
  const error = useOpenError()
  return (
    <div className={styles.page}>
      <RhumbLines />
      <div className={styles.hero}>
        <div className={styles.rose}>
          <RoseIcon size={72} />
        </div>
        <h1 className={styles.title}>{t.open.title}</h1>
        <p className={styles.lead}>{t.open.lead}</p>
        <div className={styles.ways}>
          <FilePicker look="primary" multiple onFiles={(files) => void openFiles(files)}>
            <FileIcon /> {t.open.choose}
          </FilePicker>
          <OpenAddress />
        </div>
        <p className={styles.privacy}>{t.open.privacy}</p>
        {error && <ErrorNotice error={error} onDismiss={dismissOpenError} />}
      </div>
      <section className={styles.samples} aria-labelledby="samples">
        <h2 id="samples">{t.open.samples}</h2>
        <p className={styles.samplesLead}>{t.open.samplesLead}</p>
        <ul className={styles.list}>
          {samples.map((sample) => (
            <li key={sample.file}>
              <SampleButton sample={sample} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}

function SampleButton({ sample }: { sample: Sample }) {
  const { t } = useWords()
  return (
    <button type="button" className={styles.sample} onClick={() => void openSample(sample, t.open)}>
      <span className={styles.sampleFormat}>{sample.format}</span>
      <span className={styles.sampleName}>{sample.file}</span>
      <span className={styles.sampleWords}>{t.sample[sample.about]}</span>
    </button>
  )
}
