import type { Messages } from '../../i18n/en.ts'

/** A small real model that comes with the studio: `public/samples/`, made by scripts/samples.mjs. */
export interface Sample {
  readonly file: string
  /** A format's name, which is not translated. */
  readonly format: string
  readonly about: keyof Messages['sample']
  /** A CSV of rows to try it on. */
  readonly rows?: string
}

export const samples: readonly Sample[] = [
  { file: 'income-forest.pkl', format: 'scikit-learn', about: 'forest', rows: 'income-forest.csv' },
  { file: 'lenet.keras', format: 'Keras', about: 'lenet' },
  { file: 'unet.onnx', format: 'ONNX', about: 'unet' },
  { file: 'iris-tree.pmml', format: 'PMML', about: 'tree', rows: 'iris-tree.csv' },
]
