import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Inside the repository, so that the built files find their npm packages. */
const OUT = join(ROOT, 'node_modules/.cache/cli-under-test')

/** What a run of the command line left behind. */
export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Builds the command line as `npm run build` does, apart from dist/. Throws with the build's words when it fails. */
export function buildCli(): void {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', '--config', 'vite.cli.config.ts', '--outDir', OUT, '--logLevel', 'error']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the command line does not build: ${stderr}`)
}

/** Runs the built command line in a folder. */
export function portolan(words: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    const options = { cwd, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 } as const
    const child = execFile(process.execPath, [join(OUT, 'portolan.js'), ...words], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
