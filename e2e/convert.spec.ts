import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { convert, openModel, SKLEARN, view } from './studio.ts'

const LOGREG = `${SKLEARN}/scaled-logreg.pkl`

test('converts to ONNX, downloads it and opens it as a model of its own', async ({ page }) => {
  await openModel(page, LOGREG)
  await convert(page, 'onnx')
  await expect(page.getByRole('heading', { name: 'ONNX is ready' })).toBeVisible()
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('scaled-logreg.onnx')
  // ModelProto's first field is ir_version.
  expect(readFileSync(await download.path())[0]).toBe(0x08)
  await page.getByRole('button', { name: 'Open in the studio' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'scaled-logreg.onnx' })).toBeVisible()
  await expect(page.getByText('Converted from scaled-logreg.pkl')).toBeVisible()
})

test('the options reach the file', async ({ page }) => {
  await openModel(page, LOGREG)
  await convert(page, 'onnx')
  await page.getByLabel('Opset').selectOption('18')
  await page.getByLabel('Precision').selectOption('double')
  await page.getByLabel('Batch').selectOption('fixed')
  await page.getByLabel('Rows', { exact: true }).fill('2')
  await page.getByText('Names of inputs and outputs').click()
  await page.getByLabel('New name of probabilities').fill('chances')
  await expect(page.getByText('The options have changed')).toBeVisible()
  await convert(page)
  await expect(page.getByText('The options have changed')).toBeHidden()
  await page.getByRole('button', { name: 'Open in the studio' }).click()
  const sheet = page.getByRole('region', { name: 'What it is' })
  await expect(sheet).toContainText('18')
  await expect(sheet.getByRole('region', { name: 'Outputs' }).first()).toContainText('chances')
  await expect(sheet.getByRole('region', { name: 'Outputs' }).first()).toContainText('float64[2, 3]')
})

test('converts to PMML with verification rows', async ({ page }) => {
  await openModel(page, `${SKLEARN}/tree-multiclass.pkl`)
  await view(page, 'Convert')
  await page.getByLabel('To', { exact: true }).selectOption('pmml')
  await page.getByLabel('A value the model has never seen').selectOption('asMissing')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose a CSV…' }).click()
  const rows =
    'sepal_length,sepal_width,petal_length,petal_width,y\n5.1,3.5,1.4,0.2,setosa\n6.7,3.0,5.2,2.3,virginica\n'
  await (await chooser).setFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) })
  await expect(page.getByText('2 rows')).toBeVisible()
  await convert(page)
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  const text = readFileSync(await (await downloading).path(), 'utf8')
  expect(text).toContain('<PMML')
  expect(text).toContain('invalidValueTreatment="asMissing"')
  expect(text).toContain('<ModelVerification recordCount="2"')
})

test('says beforehand what will become of the model', async ({ page }) => {
  await openModel(page, LOGREG)
  await view(page, 'Convert')
  await page.getByLabel('To', { exact: true }).selectOption('onnx')
  const forecast = page.getByRole('region', { name: 'What becomes of it in ONNX' })
  await expect(forecast).toContainText('Everything goes along')
  await page.getByLabel('Precision').selectOption('double')
  await expect(forecast).toContainText('Said of the default options')
  await convert(page)
  await expect(page.getByRole('heading', { name: 'ONNX is ready' })).toBeVisible()
  await expect(forecast).toBeHidden()
})

test('says every reason why it can not be', async ({ page }) => {
  await page.goto('./')
  await page.getByRole('button', { name: /unet\.onnx/ }).click()
  await view(page, 'Convert')
  await page.getByLabel('To', { exact: true }).selectOption('pmml')
  await expect(page.getByRole('heading', { name: 'This model cannot become PMML' })).toBeVisible()
  const button = page.getByRole('button', { name: 'Convert', exact: true })
  await expect(button).toBeDisabled()
  await expect(button).toHaveAccessibleDescription(/It cannot become PMML/)
  expect(await page.getByRole('tabpanel').getByText('blocker').count()).toBeGreaterThan(0)
  await expect(page.getByRole('link', { name: 'Download' })).toBeHidden()
})
