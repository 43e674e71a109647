// Keeps a copy of the studio in the browser once it has loaded, so that every part of it works without the server.
// Where service workers are not allowed (plain http elsewhere than localhost, private windows) the page works as it is.
addEventListener('load', () => {
  navigator.serviceWorker?.register('./offline-worker.js').catch(() => undefined)
})
