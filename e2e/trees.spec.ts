import { expect, test } from '@playwright/test'
import { openModel, SKLEARN, view } from './studio.ts'

test('a decision tree is drawn as one, and a leaf says which rows come there', async ({ page }) => {
  await openModel(page, `${SKLEARN}/tree-multiclass.pkl`)
  await view(page, 'Graph')
  const drawing = page.getByRole('application', { name: 'Drawing of Tree 1' })
  await drawing.focus()
  await page.keyboard.press('ArrowDown')
  const sheet = page.getByRole('complementary', { name: 'Inspector' })
  await expect(sheet).toContainText('Split')
  await page.keyboard.press('ArrowDown')
  await expect(sheet.getByRole('region', { name: 'A row comes here when' }).getByRole('listitem')).toHaveCount(1)
  await page.getByRole('button', { name: 'Show the operators' }).click()
  await expect(page.getByRole('tree', { name: 'Nodes' })).toContainText('DecisionTreeClassifier')
  await page.getByRole('button', { name: 'Show the tree' }).click()
  await expect(drawing).toBeVisible()
})

test('any tree of a forest can be looked at', async ({ page }) => {
  await openModel(page, `${SKLEARN}/forest-multiclass.pkl`)
  await view(page, 'Graph')
  await page.getByRole('button', { name: 'Show the trees' }).click()
  await expect(page.getByText('of 5')).toBeVisible()
  await page.getByRole('button', { name: 'Next tree' }).click()
  await expect(page.getByRole('application', { name: 'Drawing of Tree 2' })).toBeVisible()
  await page.getByLabel('Tree', { exact: true }).fill('5')
  await expect(page.getByRole('application', { name: 'Drawing of Tree 5' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Next tree' })).toBeDisabled()
})
