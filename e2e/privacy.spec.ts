import { expect, test } from '@playwright/test'
import { convert, drop, SKLEARN, view } from './studio.ts'

/** Everything that a person does with a model, the network being gone or listened to. */
test('works with a model without a single request to the network', async ({ page, context }) => {
  await page.goto('./')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)

  // What the service worker's copy of the page can not answer goes to the network, and the context sees it.
  const requests: string[] = []
  context.on('request', (request) => {
    if (!request.url().startsWith('blob:') && (request.serviceWorker() || !servedFromCopy.has(request.url()))) {
      requests.push(request.url())
    }
  })
  const servedFromCopy = new Set<string>()
  context.on('response', (response) => {
    if (response.fromServiceWorker()) servedFromCopy.add(response.url())
  })
  await context.setOffline(true)

  await drop(page, `${SKLEARN}/scaled-logreg.pkl`)
  await expect(page.getByRole('table', { name: 'Where it can go' }).getByText('exact').first()).toBeVisible()
  await view(page, 'Graph')
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible()
  await convert(page, 'onnx')
  await expect(page.getByRole('heading', { name: 'ONNX is ready' })).toBeVisible()
  await view(page, 'Compare')
  await view(page, 'Test')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText(/Every value agrees within/)).toBeVisible()

  const foreign = requests.filter((url) => !url.startsWith(new URL(page.url()).origin))
  expect(foreign).toEqual([])
  expect(requests.filter((url) => !servedFromCopy.has(url))).toEqual([])
})
