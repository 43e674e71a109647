import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What one run of a program took. */
export interface Measurement {
  readonly seconds: number
  /** Largest resident set in MiB, child processes aside; undefined where /proc does not tell. */
  readonly megabytes: number | undefined
  /** The last line of stderr when it failed. */
  readonly failure?: string
}

/** How often /proc is asked. The kernel keeps the maximum, so that only growth in the last moment is missed. */
const POLL_MS = 15

function peakOf(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

/** Runs a program to its end and measures it, its start included. */
export function measure(program: string, args: readonly string[]): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let megabytes: number | undefined
    let words = ''
    const timer = setInterval(() => {
      megabytes = peakOf(child.pid) ?? megabytes
    }, POLL_MS)
    child.stderr.on('data', (text) => {
      words = `${words}${text}`.slice(-2000)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      const seconds = (performance.now() - started) / 1000
      const failure = code === 0 ? {} : { failure: words.trim().split('\n').at(-1) ?? `exit ${code}` }
      resolve({ seconds, megabytes, ...failure })
    })
  })
}

/** The run with the median time of three. */
export async function medianOfThree(program: string, args: readonly string[]): Promise<Measurement> {
  const runs: Measurement[] = []
  for (let i = 0; i < 3; i++) {
    const run = await measure(program, args)
    if (run.failure !== undefined) return run
    runs.push(run)
  }
  return runs.sort((a, b) => a.seconds - b.seconds)[1] as Measurement
}
