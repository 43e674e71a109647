import { expect, type Request, test } from '@playwright/test'
import { convert, drop, SKLEARN, view } from './studio.ts'

test('works with a model without a single request to the network', async ({ page, context }) => {
  await page.goto('./')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)

  // Everything that is asked for, except what the service worker answers from its copy of the page.
  const asked = new Set<Request>()
  context.on('request', (request) => {
    if (!request.url().startsWith('blob:')) asked.add(request)
  })
  context.on('response', (response) => {
    if (response.fromServiceWorker()) asked.delete(response.request())
  })
  const network = () => [...asked].map((request) => request.url())
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
  expect(network()).toEqual([])

  // What is not in the copy would have been heard.
  await page.evaluate(() => fetch('./elsewhere.json').catch(() => undefined))
  expect(network().some((url) => url.endsWith('/elsewhere.json'))).toBe(true)
})
