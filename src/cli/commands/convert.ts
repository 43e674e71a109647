import { basename, extname } from 'node:path'
import { worstSeverity } from '../../core/diagnostics.ts'
import { blockedError, formatById, lowerModel, writeModel } from '../../core/pipeline.ts'
import { formats } from '../../formats/registry.ts'
import type { Command } from '../command.ts'
import { formatDiagnostic } from '../diagnostic-text.ts'
import { openFile } from '../open.ts'
import { writeFile } from '../write-file.ts'
import { CONVERT_OPTIONS, writeOptions } from './convert-options.ts'

export const convert: Command = {
  name: 'convert',
  synopsis:
    'FILE --to onnx|pmml [-o OUT] [--opset N] [--precision float|double] [--probabilities tensor|zipmap] [--batch N] [--inputs columns|matrix] [--rename OLD=NEW] [--invalid-values returnInvalid|asIs|asMissing] [--verification rows.csv]',
  summary: 'Converts a model. Losses are told on stderr; exit 2 when something blocks.',
  options: ['to', 'output', ...CONVERT_OPTIONS],
  files: 1,
  async run(args, io) {
    const path = args.positionals[1] ?? ''
    const format = formatById(formats, args.required('to'))
    const options = writeOptions(args)
    const { source } = await openFile(path)
    const { parts, diagnostics } = await writeModel(formats, await lowerModel(source), format.id, options)
    for (const diagnostic of diagnostics) io.error(`${formatDiagnostic(diagnostic)}\n`)
    if (!parts || worstSeverity(diagnostics) === 'blocked') {
      const { message, hint } = blockedError(format.name, diagnostics)
      io.error(`portolan: ${message}${hint ? ` — ${hint}` : ''}\n`)
      return 2
    }
    const out = args.text('output') ?? `${basename(path, extname(path))}${format.extensions[0]}`
    const size = await writeFile(out, parts)
    io.out(`${out}: ${size} bytes\n`)
    return 0
  },
}
