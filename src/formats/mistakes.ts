import type { Probe } from '../core/format.ts'
import { latin1, startsWith, textOf } from './probing.ts'

/** What people drop by mistake, and model files of kinds that Portolan does not know: what it is, and what to do instead. */
export interface Mistake {
  readonly message: string
  readonly hint: string
}

interface Rule extends Mistake {
  readonly matches: (probe: Probe, text: string | null) => boolean
}

const magic =
  (bytes: string | readonly number[], offset = 0) =>
  (probe: Probe) =>
    startsWith(probe.head, bytes, offset)

/** The first rule that matches names the mistake. */
const RULES: readonly Rule[] = [
  {
    matches: (probe) => probe.source.size === 0,
    message: 'The file is empty',
    hint: 'Download or export it again.',
  },
  {
    matches: (_, text) => text?.startsWith('version https://git-lfs.github.com/spec/') === true,
    message: 'This is a Git LFS pointer, not the model: Git keeps the file itself elsewhere',
    hint: 'Run "git lfs pull" in the repository, or use the download button on the file\'s page.',
  },
  {
    matches: (_, text) => text !== null && /^\s*(<!--[\s\S]*?-->\s*)*<(!doctype html|html|head|body)\b/i.test(text),
    message: 'This is a web page, not a model: the download was probably a login or an error page',
    hint: 'Open the link in a browser, sign in if asked, and download the raw file.',
  },
  {
    matches: (_, text) => text !== null && /^\s*\{/.test(text) && /"nbformat"\s*:|"cells"\s*:\s*\[/.test(text),
    message: 'This is a Jupyter notebook, not a model',
    hint: 'Save the trained model from the notebook, for example with joblib.dump or model.save.',
  },
  {
    matches: magic('GGUF'),
    message: 'This is a GGUF language model',
    hint: 'Portolan does not read GGUF; llama.cpp does.',
  },
  {
    matches: (_, text) =>
      text !== null &&
      /^\s*\{/.test(text) &&
      /"learner"\s*:/.test(text) &&
      /"gradient_booster"|"learner_model_param"/.test(text),
    message: 'This is an XGBoost model as JSON, which Portolan can not read yet',
    hint: 'Convert it with onnxmltools in Python, or pickle it inside a scikit-learn pipeline.',
  },
  {
    matches: (probe) => startsWith(probe.head, '{L') && latin1(probe.head.subarray(0, 512)).includes('learner'),
    message: 'This is an XGBoost model as UBJSON, which Portolan can not read yet',
    hint: 'Convert it with onnxmltools in Python.',
  },
  {
    matches: (_, text) => text !== null && /^tree\r?\nversion=v\d/.test(text),
    message: 'This is a LightGBM model as text, which Portolan can not read yet',
    hint: 'Convert it with onnxmltools in Python.',
  },
  {
    matches: (probe, text) =>
      startsWith(probe.head, 'CBM1') || (text !== null && /"oblivious_trees"|"catboost_version_info"/.test(text)),
    message: 'This is a CatBoost model, which Portolan can not read yet',
    hint: 'CatBoost itself can save it as ONNX or PMML: model.save_model("model.onnx", format="onnx").',
  },
  {
    matches: magic([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]),
    message: 'This is an HDF5 file without a Keras model in it',
    hint: 'Save the model with model.save("model.keras").',
  },
  {
    matches: magic([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]),
    message: 'This is a numpy array (.npy), not a model',
    hint: "Use it as test data on a model's test panel.",
  },
  {
    matches: magic([0x89, 0x50, 0x4e, 0x47]),
    message: 'This is a PNG picture, not a model',
    hint: "Use it as test data on a model's test panel.",
  },
  {
    matches: magic([0xff, 0xd8, 0xff]),
    message: 'This is a JPEG picture, not a model',
    hint: "Use it as test data on a model's test panel.",
  },
  { matches: magic('GIF8'), message: 'This is a GIF picture, not a model', hint: 'Drop a model file.' },
  { matches: magic('%PDF-'), message: 'This is a PDF document, not a model', hint: 'Drop a model file.' },
  {
    matches: magic('PAR1'),
    message: 'This is a Parquet table, not a model',
    hint: 'Save it as CSV to use it as test data.',
  },
  {
    matches: (probe) => probe.entries?.some((name) => name.endsWith('.npy')) === true,
    message: 'This is a numpy archive (.npz) of arrays, not a model',
    hint: "Use it as test data on a model's test panel.",
  },
  {
    matches: (probe) => probe.entries !== null,
    message: 'This zip archive holds no model that Portolan knows',
    hint: 'Drop the model file itself, or the zip of a SavedModel, .mlpackage or MLeap bundle.',
  },
  { matches: magic('ustar', 257), message: 'This is a tar archive', hint: 'Unpack it and drop the model file inside.' },
  {
    matches: magic([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
    message: 'This is a 7-Zip archive',
    hint: 'Unpack it and drop the model file inside.',
  },
  { matches: magic('Rar!'), message: 'This is a RAR archive', hint: 'Unpack it and drop the model file inside.' },
  { matches: magic([0x7f, 0x45, 0x4c, 0x46]), message: 'This is a program, not a model', hint: 'Drop a model file.' },
  {
    matches: (probe) => probe.compression !== null && textOf(probe) === null,
    message: 'This is a compressed file whose content Portolan does not know',
    hint: 'Unpack it and drop the model file inside.',
  },
  {
    matches: (_, text) => text !== null && /^\s*[[{]/.test(text),
    message: 'This is JSON, and not of a model that Portolan knows',
    hint: 'Drop the model file itself; JSON often holds only its configuration.',
  },
  {
    matches: (_, text) => text !== null && /^\s*<\?xml|^\s*<[A-Za-z]/.test(text),
    message: 'This is XML, but not PMML',
    hint: 'A PMML document starts with <PMML>.',
  },
  {
    matches: (probe, text) =>
      text !== null &&
      (/^\s*(#!.*python|import |from \w+ import |def |class )/m.test(text.slice(0, 2000)) || /\.py$/.test(probe.name)),
    message: 'This is Python source code, not a trained model',
    hint: 'Run it, save the trained model, and drop that file.',
  },
  {
    matches: (_, text) => text !== null && isTable(text),
    message: 'This is a table (CSV), not a model',
    hint: "Use it as test data on a model's test panel, or with portolan predict --input.",
  },
  { matches: (_, text) => text !== null, message: 'This is plain text, not a model', hint: 'Drop a model file.' },
]

/** At least two lines with the same number of separators. */
function isTable(text: string): boolean {
  const lines = text
    .split(/\r?\n/, 6)
    .slice(0, -1)
    .filter((line) => line !== '')
  const counts = lines.map((line) => line.split(/[,;\t]/).length)
  return counts.length >= 2 && (counts[0] ?? 0) > 1 && counts.every((count) => count === counts[0])
}

/** What the file is, when it is something familiar that is not a model Portolan reads. */
export function recogniseMistake(probe: Probe): Mistake | null {
  const text = textOf(probe)
  return RULES.find(({ matches }) => matches(probe, text)) ?? null
}
