import { expect, test } from '@playwright/test'
import { drop, openModel, SKLEARN } from './studio.ts'

test('says what a model is', async ({ page }) => {
  await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
  const sheet = page.getByRole('region', { name: 'What it is' })
  await expect(sheet.getByText('scikit-learn 1.9')).toBeVisible()
  await expect(sheet.getByText('3 operators')).toBeVisible()
  await expect(sheet.getByRole('region', { name: 'Inputs' }).first()).toContainText('alcohol')
  await expect(sheet.getByRole('button', { name: /sklearn\.StandardScaler/ })).toBeVisible()
  await expect(sheet).toContainText('it only rebuilds objects of known libraries')
})

test('says where it can go, down to the operator and what to do', async ({ page }) => {
  await page.goto('./')
  await page.getByRole('button', { name: /unet\.onnx/ }).click()
  const table = page.getByRole('table', { name: 'Where it can go' })
  await expect(table.getByRole('rowheader')).toHaveCount(9)
  await expect(table.getByRole('row', { name: /Core ML/ })).toContainText('not written yet')
  const pmml = table.getByRole('button', { name: 'Details on PMML' })
  await expect(pmml).toHaveAttribute('aria-expanded', 'false')
  await pmml.focus()
  await page.keyboard.press('Enter')
  await expect(pmml).toHaveAttribute('aria-expanded', 'true')
  await expect(table).toContainText('blocker')
  await table
    .getByRole('button', { name: /^node_/ })
    .first()
    .click()
  await expect(page.getByRole('tab', { name: 'Graph' })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('onnx.')
})

test('the nodes of an operator are found in the graph', async ({ page }) => {
  await page.goto('./')
  await page.getByRole('button', { name: /unet\.onnx/ }).click()
  await page.getByRole('button', { name: /onnx\.Conv 3/ }).click()
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('3 nodes are selected')
})

test('a pickle that would run code is shown, not run', async ({ page }) => {
  await page.goto('./')
  await drop(page, 'sklearn/fixtures/hostile/hidden-in-estimator.pkl')
  const report = page.getByRole('region', { name: 'Pickle safety report' }).first()
  await expect(report.getByRole('alert')).toContainText('Do not load it')
  await expect(report.getByRole('row', { name: /system|eval|exec|popen/ })).toContainText('dangerous')
})
