import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildCli, portolan, type Run } from './testing/built-cli.ts'

const FORMATS = fileURLToPath(new URL('../formats/', import.meta.url))
const SKLEARN = join(FORMATS, 'sklearn/fixtures/sklearn-1.9')
const FOREST = join(SKLEARN, 'forest-multiclass.pkl')
const ROWS = join(SKLEARN, 'forest-multiclass.input.csv')
const EXPECTED = join(SKLEARN, 'forest-multiclass.expected.csv')
const CONVOLUTION = join(FORMATS, 'keras/fixtures/keras-3.15/conv2d-same.keras')
const NETWORK = join(FORMATS, 'onnx/fixtures/nn/hand-built/mlp-gemm-13')
/** One of its kernels has more than the kilobyte from which weights go into a file of their own. */
const RESNET = join(FORMATS, 'keras/fixtures/keras-3.15/resnet')
const HOSTILE = join(FORMATS, 'sklearn/fixtures/hostile')

let folder = ''
const run = (...words: string[]) => portolan(words, folder)

/** A failure is one line on stderr, with a hint, and no trace of the program. */
function expectOneLine({ code, stdout, stderr }: Run, exitCode = 1, report = ''): void {
  expect(stderr).toMatch(/^portolan: .+ — .+\n$/)
  expect(stderr.trimEnd()).not.toContain('\n')
  expect(stderr).not.toMatch(/\bat .+:\d+:\d+/)
  expect(stdout).toBe(report)
  expect(code).toBe(exitCode)
}

beforeAll(buildCli, 120_000)
beforeEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true })
  folder = mkdtempSync(join(tmpdir(), 'portolan-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('inspect', () => {
  it('says what a file is', async () => {
    const { code, stdout, stderr } = await run('inspect', FOREST)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^scikit-learn pickle\n/)
    expect(stdout).toContain('RandomForestClassifier')
    expect(code).toBe(0)
  })

  it('--json has the parts of a summary', async () => {
    const { stdout } = await run('inspect', FOREST, '--json')
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({ format: 'sklearn', variant: 'scikit-learn pickle', safety: { verdict: 'safe' } })
    expect(summary.operators).toContainEqual({ operator: 'sklearn.RandomForestClassifier', count: 1 })
    expect(summary.operators).toContainEqual({ operator: 'sklearn.DecisionTreeClassifier', count: 5 })
    expect(summary.parameters).toBeGreaterThan(50)
    for (const list of ['versions', 'facts', 'inputs', 'outputs', 'warnings'])
      expect(summary[list]).toBeInstanceOf(Array)
  })

  it('recognises content under a misleading name', async () => {
    copyFileSync(FOREST, join(folder, 'model.onnx'))
    expect((await run('inspect', 'model.onnx')).stdout).toMatch(/^scikit-learn pickle\n/)
  })

  it('warns of a call hidden in an estimator, which it does not make', async () => {
    const { code, stdout } = await run('inspect', join(HOSTILE, 'hidden-in-estimator.pkl'))
    expect(stdout).toContain('safety: dangerous (nothing was executed)')
    expect(stdout).toContain('calls posix.system')
    expect(code).toBe(0)
  })
})

describe('check', () => {
  it('exits with 0 for a model that can go there', async () => {
    const { code, stdout } = await run('check', FOREST, '--to', 'onnx')
    expect(stdout).toMatch(/^onnx: (exact|approximate)\n/)
    expect(code).toBe(0)
  })

  it('exits with 2 and every reason for one that can not', async () => {
    const { code, stdout } = await run('check', CONVOLUTION, '--to', 'pmml')
    expect(stdout).toMatch(/^pmml: blocked\n {2}blocked: .+ — /)
    expect(code).toBe(2)
  })

  it('--json lists verdicts and diagnostics', async () => {
    const { code, stdout } = await run('check', CONVOLUTION, '--json')
    const { targets } = JSON.parse(stdout)
    expect(targets.map((row: { format: string }) => row.format)).toEqual(['onnx', 'pmml'])
    expect(targets[1].verdict).toBe('blocked')
    expect(targets[1].diagnostics[0]).toMatchObject({ severity: 'blocked', origin: ['conv2d'] })
    expect(code).toBe(2)
  })

  it('exits with 1 for a file that can not be read', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'these are notes')
    expectOneLine(await run('check', 'notes.txt'))
  })
})

describe('convert', () => {
  it.each(['onnx', 'pmml'])('to %s writes a file that it reads again', async (target) => {
    const converted = await run('convert', FOREST, '--to', target, '-o', `copy.${target}`)
    expect(converted.stdout).toMatch(new RegExp(`^copy\\.${target}: \\d+ bytes\\n$`))
    expect(converted.code).toBe(0)
    expect(readdirSync(folder)).toEqual([`copy.${target}`])
    expect((await run('inspect', `copy.${target}`)).code).toBe(0)
  })

  it('--external-data puts the weights into a file beside the model, which runs with it and is missed without it', async () => {
    const { code, stdout, stderr } = await run(
      'convert',
      `${RESNET}.keras`,
      '--to',
      'onnx',
      '--external-data',
      '-o',
      'a.onnx',
    )
    expect(stderr).toMatch(/^info: .+ a\.onnx\.data,/)
    expect(stdout).toMatch(/^a\.onnx\.data: \d+ bytes\na\.onnx: \d+ bytes\n$/)
    expect(code).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['a.onnx', 'a.onnx.data'])
    const asked = ['--input', `${RESNET}.input.npz`, '--against', `${RESNET}.expected.npz`]
    expect((await run('verify', 'a.onnx', ...asked)).stdout).toMatch(/verified\n$/)
    rmSync(join(folder, 'a.onnx.data'))
    expectOneLine(await run('verify', 'a.onnx', ...asked))
  })

  it('leaves neither file when one of the two can not be written', async () => {
    mkdirSync(join(folder, 'a.onnx'))
    const { code, stderr } = await run('convert', `${RESNET}.keras`, '--to', 'onnx', '--external-data', '-o', 'a.onnx')
    expect(stderr).toMatch(/\nportolan: a\.onnx can not be written: .+\n$/)
    expect(code).toBe(1)
    expect(readdirSync(folder)).toEqual(['a.onnx'])
  })

  it('names the file after the model without -o', async () => {
    await run('convert', FOREST, '--to', 'onnx')
    expect(readdirSync(folder)).toEqual(['forest-multiclass.onnx'])
  })

  it('does not write over the model unless told to', async () => {
    await run('convert', FOREST, '--to', 'onnx', '-o', 'model.onnx')
    const before = readFileSync(join(folder, 'model.onnx'))
    expectOneLine(await run('convert', 'model.onnx', '--to', 'onnx', '--opset', '21'))
    expect(readFileSync(join(folder, 'model.onnx'))).toEqual(before)
    expect((await run('convert', 'model.onnx', '--to', 'onnx', '-o', 'model.onnx')).code).toBe(0)
  })

  it('the same file comes out the same', async () => {
    await run('convert', FOREST, '--to', 'onnx', '-o', 'a.onnx')
    await run('convert', FOREST, '--to', 'onnx', '-o', 'b.onnx')
    expect(readFileSync(join(folder, 'a.onnx')).equals(readFileSync(join(folder, 'b.onnx')))).toBe(true)
  })

  it('exits with 2 and leaves nothing when something blocks', async () => {
    const { code, stdout, stderr } = await run('convert', CONVOLUTION, '--to', 'pmml', '-o', 'copy.pmml')
    expect(stderr).toMatch(/portolan: can not convert to PMML: .+ — .+\n$/)
    expect(stdout).toBe('')
    expect(code).toBe(2)
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves what stood there when something blocks', async () => {
    writeFileSync(join(folder, 'copy.pmml'), 'precious')
    await run('convert', CONVOLUTION, '--to', 'pmml', '-o', 'copy.pmml')
    expect(readFileSync(join(folder, 'copy.pmml'), 'utf8')).toBe('precious')
  })

  it('refuses a folder that is not there', async () => {
    const result = await run('convert', FOREST, '--to', 'onnx', '-o', 'nowhere/copy.onnx')
    expect(result.stderr).toContain('nowhere/copy.onnx can not be written')
    expect(result.code).toBe(1)
    expect(result.stdout).toBe('')
  })

  it('refuses to write over a folder and leaves nothing behind', async () => {
    mkdirSync(join(folder, 'copy.onnx'))
    const result = await run('convert', FOREST, '--to', 'onnx', '-o', 'copy.onnx')
    expect(result.stderr).toContain('copy.onnx can not be written')
    expect(result.code).toBe(1)
    expect(readdirSync(folder)).toEqual(['copy.onnx'])
  })
})

describe('predict', () => {
  it.each(['onnx', 'reference'])('answers rows with the engine %s', async (engine) => {
    const { code, stdout } = await run('predict', FOREST, '--input', ROWS, '--engine', engine)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe(readFileSync(EXPECTED, 'utf8').split(/\r?\n/)[0])
    expect(lines).toHaveLength(readFileSync(EXPECTED, 'utf8').trimEnd().split('\n').length)
    expect(code).toBe(0)
  })

  it('writes answers to a file', async () => {
    await run('predict', FOREST, '--input', ROWS, '-o', 'answers.csv')
    expect(readdirSync(folder)).toEqual(['answers.csv'])
    const { code } = await run('verify', FOREST, '--input', ROWS, '--against', 'answers.csv')
    expect(code).toBe(0)
  })

  it('takes and gives tensors', async () => {
    const args = ['predict', `${NETWORK}.onnx`, '--input', `${NETWORK}.input.npz`]
    const { code, stdout } = await run(...args)
    expect(Object.keys(JSON.parse(stdout))).toHaveLength(1)
    expect(code).toBe(0)
    await run(...args, '-o', 'answers.npz')
    expect(readFileSync(join(folder, 'answers.npz')).subarray(0, 2).toString()).toBe('PK')
  })

  it('chooses and orders columns', async () => {
    writeFileSync(join(folder, 'rows.csv'), 'd,c,b,a\n0.2,1.4,3.5,5.1\n')
    const { code, stdout } = await run('predict', FOREST, '--input', 'rows.csv', '--columns', 'a,b,c,d')
    expect(stdout.split('\n')[1]).toMatch(/^setosa,/)
    expect(code).toBe(0)
  })

  it('names the row and column of a cell that is no number, and leaves no output', async () => {
    writeFileSync(join(folder, 'rows.csv'), readFileSync(ROWS, 'utf8').replace(/\n[\d.]+,/, '\nlong,'))
    const result = await run('predict', FOREST, '--input', 'rows.csv', '-o', 'answers.csv')
    expectOneLine(result)
    expect(result.stderr).toContain('row 1:')
    expect(result.stderr).toContain('"long"')
    expect(readdirSync(folder)).toEqual(['rows.csv'])
  })

  it('says which columns are missing', async () => {
    writeFileSync(join(folder, 'rows.csv'), 'a,b\n1,2\n')
    expectOneLine(await run('predict', FOREST, '--input', 'rows.csv'))
  })
})

describe('verify', () => {
  it('exits with 0 when the answers are the expected ones', async () => {
    const { code, stdout } = await run('verify', FOREST, '--input', ROWS, '--against', EXPECTED)
    expect(stdout).toMatch(/0 of \d+ flipped/)
    expect(stdout).toMatch(/verified\n$/)
    expect(code).toBe(0)
  })

  it('exits with 2 and the worst rows when they are not', async () => {
    writeFileSync(join(folder, 'other.csv'), readFileSync(EXPECTED, 'utf8').replace('\nsetosa', '\nvirginica'))
    const { code, stdout } = await run('verify', FOREST, '--input', ROWS, '--against', 'other.csv')
    expect(stdout).toContain('row 1: setosa instead of virginica')
    expect(stdout).toMatch(/different\n$/)
    expect(code).toBe(2)
  })

  it('--json tells the same', async () => {
    const { stdout } = await run('verify', FOREST, '--input', ROWS, '--against', EXPECTED, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      passed: true,
      absent: [],
      columns: [{ kind: 'label', different: 0 }, {}, {}, {}],
    })
  })
})

describe('formats', () => {
  it('lists the nine families', async () => {
    const { code, stdout } = await run('formats', '--json')
    const { targets, formats } = JSON.parse(stdout)
    expect(targets).toEqual(['onnx', 'pmml'])
    expect(formats).toHaveLength(9)
    expect(code).toBe(0)
  })

  it('as a table', async () => {
    const { stdout } = await run('formats')
    expect(stdout.split('\n')[0]).toBe('format      reads       operators  → onnx  → pmml')
  })
})

describe('wrong usage is one line with a hint', () => {
  it.each<[string, string[]]>([
    ['an unknown command', ['sail', 'x']],
    ['no file', ['inspect']],
    ['two files', ['inspect', FOREST, FOREST]],
    ['an unknown option', ['inspect', FOREST, '--fast']],
    ['an option of another command', ['inspect', FOREST, '--opset', '18']],
    ['a missing option', ['convert', FOREST]],
    ['an unknown target', ['convert', FOREST, '--to', 'gif']],
    ['a target that nothing writes', ['convert', FOREST, '--to', 'coreml']],
    ['a word for a number', ['convert', FOREST, '--to', 'onnx', '--opset', 'new']],
    ['an unknown precision', ['convert', FOREST, '--to', 'onnx', '--precision', 'half']],
    ['a file that is not there', ['inspect', 'nowhere.pkl']],
    ['a folder', ['inspect', '.']],
    ['rows that are not there', ['predict', FOREST, '--input', 'nowhere.csv']],
  ])('%s', async (_, words) => expectOneLine(await run(...words)))

  it('help and version go to stdout', async () => {
    const help = await run('--help')
    for (const command of ['inspect', 'check', 'convert', 'predict', 'verify', 'formats']) {
      expect(help.stdout).toContain(`portolan ${command} `)
    }
    expect(help.code).toBe(0)
    expect((await run('convert', '--help')).stdout).toContain('  --precision float|double\n')
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('files that can not be used are one line with a hint', () => {
  const commands = [
    ['inspect'],
    ['check'],
    ['convert', '--to', 'onnx', '-o', 'copy.onnx'],
    ['predict', '--input', ROWS],
  ]

  it.each(commands)('%s of a truncated file', async (command, ...options) => {
    writeFileSync(join(folder, 'cut.pkl'), readFileSync(FOREST).subarray(0, 5000))
    expectOneLine(await run(command ?? '', 'cut.pkl', ...options))
    expect(readdirSync(folder)).toEqual(['cut.pkl'])
  })

  it.each(['deep-nesting.pkl', 'truncated.pkl', 'empty.pkl', 'zlib-bomb.joblib.z'])('inspect %s', async (file) =>
    expectOneLine(await run('inspect', join(HOSTILE, file))),
  )

  it.each([
    ['memo-bomb.pkl', 'safety: safe (nothing was executed)\n'],
    ['os-system-protocol-4.pkl', 'safety: dangerous (nothing was executed)\n  dangerous: calls posix.system × 1\n'],
  ])('inspect %s still tells what the pickle would do', async (file, report) =>
    expectOneLine(await run('inspect', join(HOSTILE, file)), 1, report),
  )

  it('inspect --json of a pickle without an estimator has the report', async () => {
    const { code, stdout } = await run('inspect', '--json', join(HOSTILE, 'eval.pkl'))
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      safety: { verdict: 'dangerous', entries: [{ name: 'builtins.eval', called: true }] },
    })
  })

  /** Beginnings of a format, then three gigabytes of nothing. */
  const GIGANTIC: Record<string, string | Uint8Array> = {
    'garbage.bin': Uint8Array.from({ length: 64 }, (_, i) => (i * 97) & 255),
    'pickle.pkl': readFileSync(FOREST).subarray(0, 2000),
    'network.onnx': readFileSync(`${NETWORK}.onnx`).subarray(0, 200),
    'network.h5': readFileSync(join(FORMATS, 'keras/fixtures/keras-3.15/conv2d-same.keras')).subarray(0, 200),
    'table.pmml': '<?xml version="1.0"?><PMML version="4.4">',
  }

  it.each(Object.entries(GIGANTIC))('three gigabytes that begin like %s', { timeout: 60_000 }, async (name, start) => {
    writeFileSync(join(folder, name), start)
    truncateSync(join(folder, name), 3 * 2 ** 30)
    const started = performance.now()
    expectOneLine(await run('inspect', name))
    expect(performance.now() - started).toBeLessThan(30_000)
  })
})
