// The service worker of the built studio. It answers from the copy of this build and asks the server only for what is
// not in it; the build fills in VERSION and FILES.
const VERSION = '%VERSION%'
const FILES = JSON.parse('%FILES%')
const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self))
const PREFIX = 'portolan-'
const CACHE = PREFIX + VERSION

async function keepCopy() {
  const cache = await caches.open(CACHE)
  await cache.addAll(FILES)
}

async function forgetOldCopies() {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  )
  await scope.clients.claim()
}

/**
 * The page itself comes from the server while there is one, so that a new build is seen at the next visit.
 * @param {Request} request
 */
async function answer(request) {
  const cache = await caches.open(CACHE)
  if (request.mode === 'navigate') {
    return fetch(request).catch(async () => (await cache.match('./')) ?? Response.error())
  }
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request)
}

scope.addEventListener('install', (event) => event.waitUntil(keepCopy().then(() => scope.skipWaiting())))
scope.addEventListener('activate', (event) => event.waitUntil(forgetOldCopies()))
scope.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  if (method === 'GET' && url.startsWith(scope.registration.scope)) event.respondWith(answer(event.request))
})
