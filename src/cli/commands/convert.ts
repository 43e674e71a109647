import { basename, dirname, extname, join, resolve } from 'node:path'
import { worstSeverity } from '../../core/diagnostics.ts'
import type { FormatDescriptor } from '../../core/format.ts'
import { blockedError, formatById, lowerModel, writeModel } from '../../core/pipeline.ts'
import { formats } from '../../formats/registry.ts'
import { usageError } from '../arguments.ts'
import type { Command } from '../command.ts'
import { formatDiagnostic } from '../diagnostic-text.ts'
import { openFile } from '../open.ts'
import { writeFiles } from '../write-file.ts'
import { CONVERT_OPTIONS, writeOptions } from './convert-options.ts'

export const convert: Command = {
  name: 'convert',
  summary: 'Converts a model. Losses are told on stderr; exit 2 when something blocks.',
  files: 1,
  required: ['to'],
  optional: ['output', ...CONVERT_OPTIONS],
  async run(args, io) {
    const path = args.positionals[1] ?? ''
    const format = formatById(formats, args.required('to'))
    const out = args.text('output') ?? nameOfCopy(path, format)
    const options = { ...writeOptions(args), fileName: basename(out) }
    const { source } = await openFile(path)
    const {
      parts,
      companions = [],
      diagnostics,
    } = await writeModel(formats, await lowerModel(source), format.id, options)
    for (const diagnostic of diagnostics) io.error(`${formatDiagnostic(diagnostic)}\n`)
    if (!parts || worstSeverity(diagnostics) === 'blocked') {
      const { message, hint } = blockedError(format.name, diagnostics)
      io.error(`portolan: ${message}${hint ? ` — ${hint}` : ''}\n`)
      return 2
    }
    // The model last: when it is there, so is all that it needs.
    const files = [
      ...companions.map(({ name, parts: own }) => ({ path: join(dirname(out), name), parts: own })),
      { path: out, parts },
    ]
    const sizes = await writeFiles(files)
    for (const [i, { path: written }] of files.entries()) io.out(`${written}: ${sizes[i]} bytes\n`)
    return 0
  },
}

/** The model's name with the target's extension, in the working folder. Throws PortolanError('usage') where the model stands itself. */
function nameOfCopy(path: string, { extensions }: FormatDescriptor): string {
  const name = `${basename(path, extname(path))}${extensions[0]}`
  if (resolve(name) === resolve(path)) throw usageError(`${name} is the model itself`, 'Name the copy with -o.')
  return name
}
