import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'

const source = (/** @type {string} */ name) => readFileSync(new URL(name, import.meta.url), 'utf8')

/** The files below a folder, relative to it, with forward slashes. @param {string} root */
function filesOf(root) {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => path.split(sep).join('/'))
    .sort()
}

/** @param {string} root @param {string[]} files */
function versionOf(root, files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

/**
 * Adds a service worker to the build that keeps a copy of every file of it.
 * @returns {import('vite').Plugin}
 */
export function offline() {
  let outDir = ''
  return {
    name: 'offline',
    apply: 'build',
    configResolved: (config) => {
      outDir = config.build.outDir
    },
    transformIndexHtml: () => [
      { tag: 'script', attrs: { type: 'module', src: './register-offline.js' }, injectTo: 'body' },
    ],
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'register-offline.js', source: source('register.js') })
    },
    writeBundle: {
      order: 'post',
      handler() {
        const files = filesOf(outDir).filter((file) => file !== 'index.html' && file !== 'offline-worker.js')
        const worker = source('worker.js')
          .replace('%VERSION%', versionOf(outDir, ['index.html', ...files]))
          .replace("'%FILES%'", () =>
            JSON.stringify(JSON.stringify(['./', ...files.map((file) => `./${encodeURI(file)}`)])),
          )
        writeFileSync(join(outDir, 'offline-worker.js'), worker)
      },
    },
  }
}
