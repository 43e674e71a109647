import { PortolanError } from '../../core/errors.ts'
import type { WriteOptions } from '../../core/writer.ts'
import type { Arguments } from '../arguments.ts'
import type { OptionName } from '../options.ts'
import { readTable } from '../rows.ts'

export const CONVERT_OPTIONS: readonly OptionName[] = [
  'opset',
  'precision',
  'probabilities',
  'batch',
  'rename',
  'inputs',
  'external-data',
  'invalid-values',
  'verification',
]

/** The writer's options from the command line. */
export function writeOptions(args: Arguments): WriteOptions {
  const opset = args.number('opset', 1)
  const batch = args.number('batch', 1)
  const precision = args.choice('precision')
  const probabilities = args.choice('probabilities')
  const inputs = args.choice('inputs')
  const invalidValues = args.choice('invalid-values')
  const verification = args.text('verification')
  const rename = renames(args.list('rename'))
  return {
    ...(opset === undefined ? {} : { opset }),
    ...(batch === undefined ? {} : { batch }),
    ...(precision === undefined ? {} : { precision }),
    ...(probabilities === undefined ? {} : { probabilities }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(args.flag('external-data') && { externalData: true }),
    ...(invalidValues === undefined ? {} : { invalidValues }),
    ...(rename === undefined ? {} : { rename }),
    ...(verification === undefined ? {} : { verification: records(verification) }),
  }
}

function renames(pairs: readonly string[]): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at <= 0 || at === pair.length - 1) throw new PortolanError('usage', `--rename ${pair}: must be OLD=NEW`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

function records(path: string): Record<string, string>[] {
  const { columns, rows } = readTable(path)
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? ''])))
}
