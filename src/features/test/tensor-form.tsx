import { SelectField, TextField } from '../../components/field.tsx'
import { FileDrop } from '../../components/file-drop.tsx'
import { useObjectUrl } from '../../components/use-object-url.ts'
import { useWords } from '../../i18n/words.tsx'
import { changeFill } from '../../store/test-actions.ts'
import { pictureShape } from '../../store/test-draft.ts'
import { type FillDraft, type FormInput, fillKinds } from '../../store/test-state.ts'
import { JsonField } from './json-field.tsx'
import styles from './tensor-form.module.css'

interface TensorFormProps {
  id: string
  inputs: readonly FormInput[]
  fills: readonly FillDraft[]
}

/** A tensor for each input. */
export function TensorForm({ id, inputs, fills }: TensorFormProps) {
  return inputs.map((input, i) => {
    const fill = fills[i]
    return (
      fill && (
        <TensorFields key={input.name} input={input} fill={fill} onChange={(changes) => changeFill(id, i, changes)} />
      )
    )
  })
}

interface TensorFieldsProps {
  input: FormInput
  fill: FillDraft
  onChange: (changes: Partial<FillDraft>) => void
}

const PIXELS = ['0..1', '-1..1', '0..255', 'imagenet'] as const

function TensorFields({ input, fill, onChange }: TensorFieldsProps) {
  const { t } = useWords()
  const { name, dtype, shape } = input
  const kinds = fillKinds.filter(
    (kind) => (kind !== 'image' || shape?.length === 4) && (kind !== 'random' || dtype !== 'string'),
  )
  const hasShape = fill.kind === 'random' || fill.kind === 'zeros' || fill.kind === 'image'
  return (
    <fieldset className={styles.tensor}>
      <legend className={styles.name}>
        <code>{name}</code>{' '}
        <span className={styles.type}>
          {dtype}
          {shape && `[${shape.map((dim) => dim ?? '?').join(', ')}]`}
        </span>
      </legend>
      <SelectField
        label={`${t.test.fill} ${name}`}
        value={fill.kind}
        options={kinds.map((kind) => ({ value: kind, label: t.test[kind] }))}
        onChange={(kind) => onChange({ kind, ...(kind === 'image' && { shape: pictureShape(fill.shape, shape) }) })}
      />
      {hasShape && <ShapeFields input={input} fill={fill} onChange={onChange} />}
      {fill.kind === 'random' && (
        <TextField
          label={t.test.seed}
          type="number"
          value={String(fill.seed)}
          onChange={(text) => onChange({ seed: Math.trunc(Number(text)) || 0 })}
        />
      )}
      {fill.kind === 'image' && (
        <div className={styles.picture}>
          <SelectField
            label={t.test.pixelRange}
            value={fill.pixels}
            options={PIXELS.map((pixels) => ({
              value: pixels,
              label: pixels === 'imagenet' ? t.test.imagenet : pixels.replace('..', ' … '),
            }))}
            onChange={(pixels) => onChange({ pixels })}
          />
          <SelectField
            label={t.test.order}
            value={fill.order}
            options={[
              { value: 'rgb', label: 'RGB' },
              { value: 'bgr', label: 'BGR' },
            ]}
            onChange={(order) => onChange({ order })}
          />
        </div>
      )}
      {(fill.kind === 'image' || fill.kind === 'npy') && (
        <FileDrop
          accept={fill.kind === 'npy' ? '.npy' : 'image/*'}
          label={t.test.chooseFile}
          words={fill.file?.name ?? ''}
          onFile={(file) => onChange({ file })}
        />
      )}
      {fill.kind === 'image' && fill.file && <Preview file={fill.file} />}
      {fill.kind === 'json' && <JsonField value={fill.json} onChange={(json) => onChange({ json })} />}
    </fieldset>
  )
}

function Preview({ file }: { file: File }) {
  const address = useObjectUrl(file)
  return address && <img className={styles.preview} src={address} alt={file.name} />
}

/** A number for each dimension; those that the model fixes can not be changed. */
function ShapeFields({ input: { name, shape }, fill, onChange }: TensorFieldsProps) {
  const { t } = useWords()
  return (
    <div className={styles.shape}>
      {fill.shape.map((size, axis) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: an axis is its index
          key={axis}
          type="number"
          min={1}
          className={styles.dimension}
          aria-label={t.test.dimension(axis + 1, name)}
          value={size}
          readOnly={typeof shape?.[axis] === 'number' && shape[axis] >= 0}
          onChange={(event) =>
            onChange({ shape: fill.shape.map((d, i) => (i === axis ? Number(event.target.value) : d)) })
          }
        />
      ))}
    </div>
  )
}
