import { extname } from 'node:path'
import { joinParts } from '../../core/bytes/parts.ts'
import type { Command } from '../command.ts'
import { engineFor } from '../engine.ts'
import { openFile } from '../open.ts'
import { encodeValues, readValues } from '../rows.ts'
import { writeFile } from '../write-file.ts'
import { CONVERT_OPTIONS, writeOptions } from './convert-options.ts'

export const predict: Command = {
  name: 'predict',
  summary: 'Converts to ONNX and runs the converted model in ONNX Runtime, or evaluates the hub in float64.',
  files: 1,
  required: ['input'],
  optional: ['output', 'engine', 'columns', ...CONVERT_OPTIONS],
  async run(args, io) {
    const input = args.required('input')
    const name = args.choice('engine') ?? 'onnx'
    const options = writeOptions(args)
    const engine = await engineFor(await openFile(args.positionals[1] ?? ''), name, options)
    const { values: inputs, delimiter } = await readValues(engine, input, args.list('columns'))
    const values = await engine.run(inputs)
    const out = args.text('output')
    const extension = out === undefined ? defaultExtension(input) : extname(out).toLowerCase()
    const parts = await encodeValues(engine, values, extension, delimiter)
    await engine.close()
    if (out === undefined) io.out(new TextDecoder().decode(await joinParts(parts)))
    else await writeFile(out, parts)
    return 0
  },
}

/** What goes to the terminal is text: tensors come out as JSON. */
function defaultExtension(input: string): string {
  return /\.(json|npz)$/i.test(input) ? '.json' : '.csv'
}
