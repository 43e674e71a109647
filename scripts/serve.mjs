// Serves the built studio: node scripts/serve.mjs [--open] [--port N]
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { studioHeaders } from './headers.mjs'

const ROOT = fileURLToPath(new URL('../dist/app/', import.meta.url))
const HOST = '127.0.0.1'
const DEFAULT_PORT = 4173

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/**
 * The file that a request means, or undefined when it is none or lies outside the studio.
 * @param {string} url
 */
async function fileOf(url) {
  let path
  try {
    path = decodeURIComponent(new URL(url, `http://${HOST}`).pathname)
  } catch {
    return undefined
  }
  const file = join(ROOT, normalize(path.endsWith('/') ? `${path}index.html` : path))
  if (!file.startsWith(ROOT.endsWith(sep) ? ROOT : ROOT + sep) || file.includes('\0')) return undefined
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() ? { file, size: found.size } : undefined
}

/** @param {string} file */
function cacheControl(file) {
  return file.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache'
}

const server = createServer(async (request, response) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    return
  }
  const found = await fileOf(request.url ?? '/')
  if (!found) {
    response.writeHead(404, { ...studioHeaders, 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n')
    return
  }
  response.writeHead(200, {
    ...studioHeaders,
    'Content-Type': TYPES[extname(found.file)] ?? 'application/octet-stream',
    'Content-Length': found.size,
    'Cache-Control': cacheControl(found.file),
  })
  if (request.method === 'HEAD') response.end()
  else createReadStream(found.file).pipe(response)
})

/** Opens the person's browser where there is a screen; elsewhere the printed address has to do. @param {string} url */
function openBrowser(url) {
  const { platform, env } = process
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return
  const [command, ...args] =
    platform === 'darwin' ? ['open', url] : platform === 'win32' ? ['cmd', '/c', 'start', '', url] : ['xdg-open', url]
  spawn(command ?? '', args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

const { values } = parseArgs({ options: { open: { type: 'boolean' }, port: { type: 'string' } } })
let port = Number(values.port ?? DEFAULT_PORT)

server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
  if (error.code !== 'EADDRINUSE' || values.port) {
    console.error(`Could not serve the studio on port ${port}: ${error.message}`)
    process.exit(1)
  }
  port += 1
  server.listen(port, HOST)
})
server.on('listening', () => {
  const url = `http://${HOST}:${port}/`
  console.log(`Portolan is at ${url} (Ctrl+C stops it)`)
  if (values.open) openBrowser(url)
})

if (await stat(join(ROOT, 'index.html')).catch(() => undefined)) server.listen(port, HOST)
else {
  console.error('The studio is not built yet. Run: npm run build')
  process.exitCode = 1
}
