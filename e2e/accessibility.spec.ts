import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { convert, drop, openModel, SKLEARN, view } from './studio.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`)
  expect(found, where).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours, WCAG AA holds`, () => {
    test.use({ colorScheme })

    test('before a model is open, and where one could not be', async ({ page }) => {
      await page.goto('./')
      await expectAccessible(page, 'opening page')
      await drop(page, 'sklearn/fixtures/hostile/truncated.pkl')
      await expect(page.getByRole('alert')).toBeVisible()
      await expectAccessible(page, 'unreadable file')
      await drop(page, 'sklearn/fixtures/hostile/os-system-protocol-4.pkl')
      await expect(page.getByRole('region', { name: 'Pickle safety report' }).first()).toBeVisible()
      await expectAccessible(page, 'hostile pickle')
    })

    test('in a tree', async ({ page }) => {
      await openModel(page, `${SKLEARN}/tree-multiclass.pkl`)
      await view(page, 'Graph')
      await page.getByRole('button', { name: 'List of nodes' }).click()
      await page.getByRole('tree', { name: 'Nodes' }).focus()
      await page.keyboard.press('End')
      await expect(page.getByRole('region', { name: 'A row comes here when' })).toBeVisible()
      await expectAccessible(page, 'tree')
    })

    test('in every view of a model', async ({ page }) => {
      await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
      await page.getByRole('button', { name: 'Details on PMML' }).click()
      await expectAccessible(page, 'overview')
      await page.getByRole('button', { name: /sklearn\.LogisticRegression/ }).click()
      await page
        .getByRole('button', { name: /^Look into/ })
        .first()
        .click()
      await expect(page.getByRole('img', { name: 'Histogram' })).toBeVisible()
      await expectAccessible(page, 'graph and inspector')
      await convert(page, 'onnx')
      await expect(page.getByRole('heading', { name: 'ONNX is ready' })).toBeVisible()
      await expectAccessible(page, 'conversion')
      await view(page, 'Compare')
      await expectAccessible(page, 'comparison')
      await view(page, 'Test')
      await page.getByRole('button', { name: 'Run', exact: true }).click()
      await expect(page.getByText(/Every value agrees within/)).toBeVisible()
      await expectAccessible(page, 'test')
    })
  })
}
