import { formats } from '../formats/registry.ts'

/** One option of the command line. */
export interface Option {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** May be given several times. */
  readonly multiple?: boolean
  /** What stands for its value in the help. */
  readonly value?: string
  /** The words that it takes, where they are few. */
  readonly choices?: readonly string[]
  readonly about: string
}

const TARGETS = formats.flatMap((format) => (format.writer ? [format.id] : []))
const DATA = 'FILE.csv|json|npz'

/** The options of all commands, in the order in which a command's help shows them; each command says which it takes. */
export const OPTIONS = {
  to: { type: 'string', value: TARGETS.join('|'), about: 'the format to convert to' },
  input: { type: 'string', value: DATA, about: 'the rows or tensors to ask the model about' },
  against: { type: 'string', value: DATA, about: 'the expected answers' },
  output: { type: 'string', short: 'o', value: 'FILE', about: 'where to write; nothing is left there after a failure' },
  columns: { type: 'string', value: 'a,b,…', about: 'which columns of the table to use, in the model’s order' },
  engine: {
    type: 'string',
    choices: ['onnx', 'reference'],
    about: 'the converted model in ONNX Runtime (the default), or the model evaluated in float64',
  },
  rtol: { type: 'string', value: 'R', about: 'allowed difference relative to the expected value; 1e-5 if not given' },
  atol: { type: 'string', value: 'A', about: 'allowed absolute difference; 1e-6 if not given' },
  opset: { type: 'string', value: 'N', about: 'ONNX: the ai.onnx operator set' },
  precision: {
    type: 'string',
    choices: ['float', 'double'],
    about: 'ONNX: element type of a classical model’s inputs and outputs; float if not given',
  },
  probabilities: {
    type: 'string',
    choices: ['tensor', 'zipmap'],
    about: 'ONNX: probabilities as one tensor (the default) or as a sequence of maps',
  },
  batch: { type: 'string', value: 'N', about: 'ONNX: a fixed number of rows instead of any number' },
  inputs: {
    type: 'string',
    choices: ['columns', 'matrix'],
    about: 'ONNX: named numeric columns as one input each or as one matrix',
  },
  rename: {
    type: 'string',
    multiple: true,
    value: 'OLD=NEW',
    about: 'ONNX: another name for an input or output; may be repeated',
  },
  'external-data': {
    type: 'boolean',
    about: 'ONNX: the weights in OUT.data beside the model; those of a model over 2 GB are there anyway',
  },
  'invalid-values': {
    type: 'string',
    choices: ['returnInvalid', 'asIs', 'asMissing'],
    about: 'PMML: what a scorer does with a value that the model has never seen',
  },
  verification: {
    type: 'string',
    value: 'FILE.csv',
    about: 'PMML: rows to embed with their answers (ModelVerification)',
  },
  json: { type: 'boolean', about: 'print JSON' },
  help: { type: 'boolean', short: 'h', about: 'show this help' },
  version: { type: 'boolean', short: 'V', about: 'show the version' },
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof OPTIONS

/** The words that an option takes. */
export type ChoiceOf<N extends OptionName> = (typeof OPTIONS)[N] extends { readonly choices: readonly (infer C)[] }
  ? C
  : never

/** The words between which an option chooses; none where it takes any text. */
export function choicesOf(name: OptionName): readonly string[] {
  const option: Option = OPTIONS[name]
  return option.choices ?? []
}

/** How an option is written: `--precision float|double`. */
export function optionUsage(name: OptionName): string {
  const { short, value, choices }: Option = OPTIONS[name]
  const word = choices?.join('|') ?? value
  return `${short ? `-${short}, ` : ''}--${name}${word ? ` ${word}` : ''}`
}
