// Finds a Chromium for the browser tests, or installs one.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const MACOS_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** Where the Chromium of the npm package is kept once it is unpacked. */
const CACHE = join(ROOT, 'node_modules/.cache/chromium')
const CACHED_CHROMIUM = join(CACHE, 'bin/chromium')
const NPM_CHROMIUM = '@sparticuz/chromium@153'

/** Command-line switches for every launch: they also work as root in a container, and keep the browser off the net. */
export const LAUNCH_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** @param {string | undefined} path @returns {path is string} */
function isExecutable(path) {
  if (!path) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The browser that the environment names (CHROME), the system's, one that Playwright has, or one from npm. */
export function findBrowser() {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [process.env.CHROME, ...onPath, MACOS_CHROME, chromium.executablePath(), CACHED_CHROMIUM].find(isExecutable)
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  console.log(`$ ${[command, ...args].join(' ')}`)
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: ROOT }).status === 0
}

/** Debian's package, where this user may install one. */
function installFromApt() {
  if (process.platform !== 'linux' || spawnSync('apt-get', ['--version']).status !== 0) return
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (sudo.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) return
  const apt = (/** @type {string[]} */ ...args) => {
    const [command = '', ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args]
    return run(command, rest)
  }
  apt('update')
  apt('install', '-y', '--no-install-recommends', 'chromium')
}

/** The build that Playwright downloads. */
function installFromPlaywright() {
  run('npx', ['playwright', 'install', 'chromium'])
}

/** A headless Chromium for Linux that comes as an npm package. */
async function installFromNpm() {
  if (process.platform !== 'linux') return
  mkdirSync(CACHE, { recursive: true })
  if (!run('npm', ['install', '--no-save', '--no-package-lock', '--prefix', CACHE, NPM_CHROMIUM])) return
  const entry = createRequire(join(CACHE, 'node_modules/')).resolve('@sparticuz/chromium')
  const unpacked = await (await import(pathToFileURL(entry).href)).default.executablePath()
  mkdirSync(dirname(CACHED_CHROMIUM), { recursive: true })
  copyFileSync(unpacked, CACHED_CHROMIUM)
}

/**
 * The path of a Chromium, installed first if there is none.
 * @throws {Error} when every way to get one failed
 */
export async function ensureBrowser() {
  for (const install of [installFromApt, installFromNpm, installFromPlaywright]) {
    const found = findBrowser()
    if (found) return found
    await install()
  }
  const found = findBrowser()
  if (found) return found
  throw new Error('No Chromium could be found or installed. Install one, or name it in the CHROME variable.')
}
