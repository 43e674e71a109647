// Measures the command line on large models, beside what one would run instead: npm run bench
//
// BENCH_SKLEARN names a Python with scikit-learn, skl2onnx and onnx, BENCH_PMML one with sklearn2pmml and a scikit-learn
// that it accepts, BENCH_KERAS one with Keras 2, TensorFlow and tf2onnx. The first and the last also make the models.
// Without them those rows, or their right half, are left out.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeLargeOnnx } from './bench/large-onnx.ts'
import { type Measurement, medianOfThree } from './bench/measure.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILES = join(ROOT, 'node_modules/.cache/bench')
const CLI = join(ROOT, 'dist/cli/portolan.js')
const { BENCH_SKLEARN, BENCH_PMML, BENCH_KERAS } = process.env

const file = (name: string) => join(FILES, name)
const script = (name: string) => join(ROOT, 'scripts/bench', name)

interface Row {
  readonly task: string
  /** Files that must be there; a row without them is left out. */
  readonly needs: string
  readonly portolan: readonly string[]
  readonly rival?: { readonly name: string; readonly python: string | undefined; readonly args: readonly string[] }
}

const ROWS: readonly Row[] = [
  {
    task: 'forest of 500 trees, pickle → ONNX',
    needs: file('forest.pkl'),
    portolan: ['convert', file('forest.pkl'), '--to', 'onnx', '-o', file('forest.onnx')],
    rival: {
      name: 'skl2onnx',
      python: BENCH_SKLEARN,
      args: [script('skl2onnx_convert.py'), file('forest.pkl'), file('rival.onnx')],
    },
  },
  {
    task: 'forest of 500 trees, pickle → PMML',
    needs: file('forest.pkl'),
    portolan: ['convert', file('forest.pkl'), '--to', 'pmml', '-o', file('forest.pmml')],
    rival: {
      name: 'sklearn2pmml (peak without its Java)',
      python: BENCH_PMML,
      args: [script('sklearn2pmml_convert.py'), file('forest.pkl'), file('rival.pmml')],
    },
  },
  {
    task: 'the same forest, PMML → ONNX',
    needs: file('forest.pmml'),
    portolan: ['convert', file('forest.pmml'), '--to', 'onnx', '-o', file('forest-from-pmml.onnx')],
  },
  {
    task: 'dense network, Keras .h5 → ONNX',
    needs: file('network.h5'),
    portolan: ['convert', file('network.h5'), '--to', 'onnx', '-o', file('network.onnx')],
    rival: {
      name: 'tf2onnx',
      python: BENCH_KERAS,
      args: [script('tf2onnx_convert.py'), file('network.h5'), file('rival-network.onnx')],
    },
  },
  {
    task: 'open an ONNX file',
    needs: file('large.onnx'),
    portolan: ['inspect', file('large.onnx')],
    rival: { name: 'onnx.load', python: BENCH_SKLEARN, args: [script('onnx_load.py'), file('large.onnx')] },
  },
]

/** Makes the models that are not there yet. */
async function prepare(): Promise<void> {
  mkdirSync(FILES, { recursive: true })
  const python = (program: string | undefined, name: string, out: string) => {
    if (existsSync(out)) return
    if (program) spawnSync(program, [script(name), out], { stdio: ['ignore', 'ignore', 'inherit'] })
    else console.log(`${out} is not there, and no Python that makes it is named: its rows are left out`)
  }
  python(BENCH_SKLEARN, 'make_forest.py', file('forest.pkl'))
  python(BENCH_KERAS, 'make_keras.py', file('network.h5'))
  if (!existsSync(file('large.onnx'))) await writeLargeOnnx(file('large.onnx'))
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`

function cells({ seconds, megabytes: peak, failure }: Measurement): [string, string] {
  if (failure !== undefined) return [`failed: ${failure}`, '–']
  return [`${seconds.toFixed(1)} s`, peak === undefined ? '–' : `${peak.toFixed(0)} MiB`]
}

if (!existsSync(CLI)) throw new Error('dist/cli/portolan.js is not there: npm run build:cli makes it')
await prepare()
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${megabytes(totalmem())} of memory\n`)
console.log('| task | file | Portolan | peak | instead | time | peak |')
console.log('| --- | --- | --- | --- | --- | --- | --- |')
for (const { task, needs, portolan, rival } of ROWS) {
  if (!existsSync(needs)) continue
  const own = cells(await medianOfThree(process.execPath, [CLI, ...portolan]))
  const other = rival?.python ? cells(await medianOfThree(rival.python, rival.args)) : ['–', '–']
  const size = megabytes(statSync(needs).size)
  console.log(`| ${[task, size, ...own, rival?.python ? rival.name : '–', ...other].join(' | ')} |`)
}
