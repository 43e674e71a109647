// Runs every test: unit and conformance (Vitest), then the browser tests (Playwright) on a fresh build.
// The last line counts them all: "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { ensureBrowser } from './browser.mjs'

const REPORTS = 'test-results'
const UNIT_REPORT = `${REPORTS}/unit.json`
const E2E_REPORT = `${REPORTS}/e2e.json`

let passed = 0
let failed = 0
let skipped = 0

/** A step that broke before it could report counts as one failure. @param {string} what */
function broken(what) {
  console.error(`\n${what} did not finish.`)
  failed += 1
}

/** @param {string} command @param {NodeJS.ProcessEnv} [env] */
function run(command, env = {}) {
  const [program = '', ...args] = command.split(' ')
  return spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  }).status
}

/** @param {string} path */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** A test file that could not even be loaded. @param {{ status: string, assertionResults: unknown[] }} file */
function isBrokenFile({ status, assertionResults }) {
  return status === 'failed' && assertionResults.length === 0
}

function unitTests() {
  const status = run(`npx vitest run --reporter=default --reporter=json --outputFile.json=${UNIT_REPORT}`)
  const report = readReport(UNIT_REPORT)
  if (!report) return broken('The unit tests')
  const brokenFiles = report.testResults.filter(isBrokenFile).length
  passed += report.numPassedTests
  failed += report.numFailedTests + brokenFiles
  skipped += report.numPendingTests + report.numTodoTests
  if (status !== 0 && report.numFailedTests + brokenFiles === 0) broken('The unit test run')
}

async function browserTests() {
  if (run('npm run --silent build') !== 0) return broken('The build')
  const CHROME = await ensureBrowser()
  const status = run('npx playwright test --reporter=list,json', { CHROME, PLAYWRIGHT_JSON_OUTPUT_NAME: E2E_REPORT })
  const report = readReport(E2E_REPORT)
  if (!report) return broken('The browser tests')
  const { expected, flaky, unexpected, skipped: notRun } = report.stats
  passed += expected + flaky
  failed += unexpected
  skipped += notRun
  if (status !== 0 && unexpected === 0) broken('The browser test run')
}

rmSync(REPORTS, { recursive: true, force: true })
mkdirSync(REPORTS, { recursive: true })
unitTests()
await browserTests().catch((error) => broken(`The browser tests (${error.message})`))

console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
