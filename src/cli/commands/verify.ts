import { type Comparison, compareTables } from '../../runtime/compare.ts'
import { compareTensors } from '../../runtime/compare-tensors.ts'
import { outputsToTable } from '../../runtime/table.ts'
import type { Command, Io } from '../command.ts'
import { engineFor } from '../engine.ts'
import { openFile } from '../open.ts'
import { readTable, readTensors, readValues } from '../rows.ts'
import { CONVERT_OPTIONS, writeOptions } from './convert-options.ts'

/** The numbers that DESIGN promises for float: regressions 1e-5 relative, probabilities 1e-6 absolute. */
const RTOL = 1e-5
const ATOL = 1e-6

export const verify: Command = {
  name: 'verify',
  summary: 'Does the converted model give the expected answers? Exit 0 yes, 2 no.',
  files: 1,
  required: ['against', 'input'],
  optional: ['rtol', 'atol', 'engine', 'columns', 'json', ...CONVERT_OPTIONS],
  async run(args, io) {
    const against = args.required('against')
    const input = args.required('input')
    const tolerance = { rtol: args.number('rtol') ?? RTOL, atol: args.number('atol') ?? ATOL }
    const name = args.choice('engine') ?? 'onnx'
    const engine = await engineFor(await openFile(args.positionals[1] ?? ''), name, writeOptions(args))
    const values = await engine.run((await readValues(engine, input, args.list('columns'))).values)
    await engine.close()
    const comparison = /\.(npz|json)$/i.test(against)
      ? compareTensors(values, await readTensors(against), tolerance)
      : compareTables(outputsToTable(engine.outputs, values), readTable(against), tolerance)
    if (args.flag('json')) io.out(`${JSON.stringify(comparison, null, 2)}\n`)
    else report(comparison, io)
    return comparison.passed ? 0 : 2
  },
}

function report({ rows, columns, absent, passed }: Comparison, io: Io): void {
  for (const name of absent) io.out(`${name}: the model gives no such column\n`)
  for (const { name, kind, maxAbsolute, maxRelative, different, worst } of columns) {
    const size =
      kind === 'label'
        ? `${different} of ${rows} flipped`
        : `max |Δ| ${maxAbsolute.toExponential(2)}, relative ${maxRelative.toExponential(2)}, ${different} of ${rows} rows differ`
    io.out(`${name}: ${size}\n`)
    for (const { row, actual, expected } of worst) io.out(`  row ${row}: ${actual} instead of ${expected}\n`)
  }
  io.out(passed ? 'verified\n' : 'different\n')
}
