import { expect, test } from '@playwright/test'
import { endlessModel, largeForest, longPmml } from './large-model.ts'
import { convert, drop, openModel, SKLEARN, view } from './studio.ts'

const LOGREG = `${SKLEARN}/scaled-logreg.pkl`

/** Longer than stopping takes, and much shorter than what is stopped. */
const AT_ONCE = { timeout: 2_000 }

test('reading a large file can be stopped at once, and the page goes on', async ({ page }) => {
  await page.goto('./')
  await drop(page, { name: 'large.pmml', bytes: longPmml(16) })
  await page.getByRole('button', { name: 'Stop reading' }).click()
  await expect(page.getByRole('button', { name: 'Choose a file…' })).toBeVisible(AT_ONCE)
  await openModel(page, LOGREG)
})

test('a conversion can be stopped at once, and the model converted to something else', async ({ page }) => {
  await page.goto('./')
  await drop(page, { name: 'forest.onnx', bytes: largeForest(100, 11) })
  await expect(page.getByRole('table', { name: 'Where it can go' })).toBeVisible()
  await convert(page, 'pmml')
  await expect(page.getByText('Converting to PMML')).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('Converting to PMML')).toBeHidden(AT_ONCE)
  await expect(page.getByText('PMML is ready')).toBeHidden()
  await convert(page, 'onnx')
  await expect(page.getByRole('heading', { name: 'ONNX is ready' })).toBeVisible()
})

test('a run that does not end can be stopped at once, and the model loaded again', async ({ page }) => {
  await page.goto('./')
  await drop(page, { name: 'endless.onnx', bytes: endlessModel() })
  await view(page, 'Test')
  await expect(page.getByText('Running…')).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('Nothing is loaded.')).toBeVisible(AT_ONCE)
  await page.getByRole('button', { name: 'Load the model' }).click()
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled()
})
