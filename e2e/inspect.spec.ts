import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'

test('a node shows its attributes, shapes and weights, which can be taken home', async ({ page }) => {
  await page.goto('./')
  await page.getByRole('button', { name: /unet\.onnx/ }).click()
  await page.getByRole('button', { name: /onnx\.ConvTranspose 1/ }).click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector.getByRole('region', { name: 'Attributes' })).toContainText('kernel_shape')
  await expect(inspector.getByRole('region', { name: 'Outputs' })).toContainText('float32[N,')
  await inspector.getByRole('button', { name: /^Look into .*weight/ }).click()
  await expect(inspector.getByRole('img', { name: 'Histogram' })).toBeVisible()
  await expect(inspector.getByText('Std. deviation')).toBeVisible()
  await expect(inspector.getByRole('region', { name: 'Values' })).toContainText(/-?0\.\d+/)
  const downloading = page.waitForEvent('download')
  await inspector.getByRole('button', { name: 'Download as .npy' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/\.npy$/)
  const bytes = readFileSync(await download.path())
  expect(bytes.subarray(1, 6).toString()).toBe('NUMPY')
  expect(bytes.toString('latin1')).toContain("'descr': '<f4'")
})
