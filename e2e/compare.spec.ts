import { expect, type Page, test } from '@playwright/test'
import { convert, openModel, SKLEARN, view } from './studio.ts'

async function compareConverted(page: Page, path: string) {
  await openModel(page, path)
  await convert(page, 'onnx')
  await expect(page.getByRole('heading', { name: 'ONNX is ready' })).toBeVisible()
  await view(page, 'Compare')
  const source = page.getByRole('region', { name: 'Source' })
  const target = page.getByRole('region', { name: 'Converted' })
  await source.getByRole('button', { name: 'List of nodes' }).click()
  await target.getByRole('button', { name: 'List of nodes' }).click()
  return { source, target, linked: target.getByRole('treeitem', { name: 'linked to the selection' }) }
}

test('what a scikit-learn step became lights up on the other side', async ({ page }) => {
  const { source, linked } = await compareConverted(page, `${SKLEARN}/nested-pipelines.pkl`)
  await source.getByRole('treeitem', { name: /^StandardScaler/ }).click()
  await expect(linked).toHaveText([/^Sub/, /^Div/])
  await expect(page.getByText(/StandardScaler became Sub, Div/i)).toBeVisible()
  // A container stands for what it holds.
  await source.getByRole('treeitem', { name: /^Pipeline pipeline-1/ }).click()
  await expect(linked).toHaveText([/^Concat/, /^Mul/, /^Add/, /^Sub/, /^Div/])
})

test('what a converted node came from lights up in the source', async ({ page }) => {
  const { source, target } = await compareConverted(page, 'keras/fixtures/keras-3.15/mlp-functional-add.keras')
  await target.getByRole('treeitem', { name: /^Tanh/ }).click()
  await expect(source.getByRole('treeitem', { name: 'linked to the selection' })).toHaveText([/^Dense/])
  await expect(page.getByText(/came from/)).toContainText('dense_1')
})

test('the account says what has changed', async ({ page }) => {
  await compareConverted(page, `${SKLEARN}/nested-pipelines.pkl`)
  const account = page.getByRole('group').filter({ hasText: 'Operators before and after' })
  await expect(account).toContainText(/Nodes7.*14/)
  await expect(account).toContainText(/Precisionfloat64.*float32/)
  await expect(account).toContainText(/File.*kB.*kB/)
  await account.getByText('Operators before and after').click()
  await expect(account.getByRole('list', { name: 'Source' })).toContainText('Pipeline × 4')
  await expect(account.getByRole('list', { name: 'Converted' })).toContainText('Softmax × 1')
})
