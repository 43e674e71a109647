import { SelectField, TextField } from '../../components/field.tsx'
import { useWords } from '../../i18n/words.tsx'
import { setOptions } from '../../store/convert-actions.ts'
import type { ConvertOptions } from '../../store/documents-state.ts'
import { useDocument } from '../../store/hooks.ts'
import styles from './convert-view.module.css'

/** What ONNX Runtime's web build loads; 21 is the default of the writer. */
const OPSETS = Array.from({ length: 12 }, (_, i) => 13 + i)

/** The options of a conversion to ONNX. */
export function OnnxOptions({ id, options }: { id: string; options: ConvertOptions }) {
  const { t } = useWords()
  const words = t.convert.onnx
  return (
    <>
      <SelectField
        label={words.opset}
        value={String(options.opset ?? '')}
        options={[
          { value: '', label: words.opsetDefault },
          ...OPSETS.map((opset) => ({ value: String(opset), label: String(opset) })),
        ]}
        onChange={(opset) => setOptions(id, { opset: opset === '' ? undefined : Number(opset) })}
      />
      <SelectField
        label={words.precision}
        help={words.precisionHelp}
        value={options.precision ?? 'float'}
        options={[
          { value: 'float', label: words.float },
          { value: 'double', label: words.double },
        ]}
        onChange={(precision) => setOptions(id, { precision: precision === 'float' ? undefined : precision })}
      />
      <SelectField
        label={words.probabilities}
        help={words.probabilitiesHelp}
        value={options.probabilities ?? 'tensor'}
        options={[
          { value: 'tensor', label: words.tensor },
          { value: 'zipmap', label: words.zipmap },
        ]}
        onChange={(form) => setOptions(id, { probabilities: form === 'tensor' ? undefined : form })}
      />
      <div className={styles.pair}>
        <SelectField
          label={words.batch}
          value={options.batch === undefined ? 'dynamic' : 'fixed'}
          options={[
            { value: 'dynamic', label: words.dynamic },
            { value: 'fixed', label: words.fixed },
          ]}
          onChange={(batch) => setOptions(id, { batch: batch === 'fixed' ? 1 : undefined })}
        />
        {options.batch !== undefined && (
          <TextField
            label={words.batchSize}
            type="number"
            value={String(options.batch)}
            onChange={(text) => setOptions(id, { batch: Math.max(1, Math.trunc(Number(text)) || 1) })}
          />
        )}
      </div>
      <SelectField
        label={words.inputs}
        value={options.inputs ?? ''}
        options={[
          { value: '', label: words.inputsDefault },
          { value: 'columns', label: words.inputsColumns },
          { value: 'matrix', label: words.inputsMatrix },
        ]}
        onChange={(inputs) => setOptions(id, { inputs: inputs === '' ? undefined : inputs })}
      />
      <SelectField
        label={words.weights}
        help={words.weightsHelp}
        value={options.externalData ? 'beside' : 'inside'}
        options={[
          { value: 'inside', label: words.weightsInside },
          { value: 'beside', label: words.weightsBeside },
        ]}
        onChange={(place) => setOptions(id, { externalData: place === 'beside' ? true : undefined })}
      />
      <Names id={id} rename={options.rename ?? {}} />
    </>
  )
}

/** New names of inputs and outputs, by those that the conversion gives them by itself. */
function Names({ id, rename }: { id: string; rename: Readonly<Record<string, string>> }) {
  const { t } = useWords()
  const words = t.convert.onnx
  const values = useDocument(id, (document) => document.conversion.names)
  if (!values || values.length === 0) return null
  const change = (name: string, text: string) => {
    const { [name]: _, ...others } = rename
    const changed = text === '' ? others : { ...others, [name]: text }
    setOptions(id, { rename: Object.keys(changed).length > 0 ? changed : undefined })
  }
  return (
    <details className={styles.names}>
      <summary>{words.names}</summary>
      <div className={styles.namesBody}>
        {values.map((name) => (
          <TextField
            key={name}
            label={words.newName(name)}
            value={rename[name] ?? ''}
            placeholder={name}
            onChange={(text) => change(name, text)}
          />
        ))}
      </div>
    </details>
  )
}
