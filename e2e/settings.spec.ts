import { expect, test } from '@playwright/test'
import { openModel, SKLEARN } from './studio.ts'

test.describe('a Spanish browser', () => {
  test.use({ locale: 'es-MX' })

  test('gets Spanish, and English when asked for, also the next time', async ({ page }) => {
    await page.goto('./')
    await expect(page.locator('html')).toHaveAttribute('lang', 'es')
    await expect(page.getByRole('button', { name: 'Elegir un archivo…' })).toBeVisible()
    await page.getByLabel('Idioma').selectOption('en')
    await expect(page.getByRole('button', { name: 'Choose a file…' })).toBeVisible()
    await page.reload()
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  })
})

test.describe('a dark system', () => {
  test.use({ colorScheme: 'dark' })

  test('gets a dark page, and a light one when asked for, also the next time', async ({ page }) => {
    await page.goto('./')
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    await page.getByLabel('Colours').selectOption('light')
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
    await page.reload()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  })
})

test('the views are reached by keyboard alone', async ({ page }) => {
  await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
  await page.getByRole('tab', { name: 'Overview' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: 'Convert' })).toBeFocused()
  await expect(page.getByRole('tab', { name: 'Convert' })).toHaveAttribute('aria-selected', 'true')
  const target = page.getByLabel('To', { exact: true })
  await expect(target).toBeVisible()
  for (let i = 0; i < 4 && !(await target.evaluate((e) => e === document.activeElement)); i++) {
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
})
