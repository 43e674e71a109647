import { expect, test } from '@playwright/test'

test('opens without the server once it has loaded', async ({ page, context }) => {
  await page.goto('./')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await context.setOffline(true)
  await page.reload()
  await expect(page).toHaveTitle(/Portolan/)
  await expect(page.locator('#root')).not.toBeEmpty()
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true)
})
