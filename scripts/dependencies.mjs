// Runs `npm ci` unless node_modules already holds what package-lock.json asks for.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** @param {string} path @returns {Record<string, { version?: string, optional?: boolean }>} */
function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {}
  } catch {
    return {}
  }
}

const installed = lockedPackages('node_modules/.package-lock.json')
const isComplete = Object.entries(lockedPackages('package-lock.json')).every(
  ([path, { version, optional }]) =>
    path === '' || installed[path]?.version === version || (optional && !installed[path]),
)
if (!isComplete) {
  const { status } = spawnSync('npm', ['ci'], { stdio: 'inherit', shell: process.platform === 'win32' })
  process.exitCode = status ?? 1
}
