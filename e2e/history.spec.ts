import { expect, test } from '@playwright/test'
import { choose, drop, fixture, openModel, SKLEARN, view } from './studio.ts'

test('back and forward go from view to view and from model to model', async ({ page }) => {
  // Chromium skips steps that nobody clicked for.
  await page.goto('./')
  await choose(page, 'Choose a file…', fixture(`${SKLEARN}/scaled-logreg.pkl`))
  await expect(page).toHaveTitle('scaled-logreg.pkl – Portolan')
  await view(page, 'Convert')
  await drop(page, `${SKLEARN}/forest-multiclass.pkl`)
  await expect(page).toHaveTitle('forest-multiclass.pkl – Portolan')
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'scaled-logreg.pkl' })).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Convert' })).toHaveAttribute('aria-selected', 'true')
  await page.goBack()
  await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true')
  await page.goBack()
  await expect(page.getByRole('button', { name: 'Choose a file…' })).toBeVisible()
  await page.goForward()
  await expect(page.getByRole('heading', { level: 1, name: 'scaled-logreg.pkl' })).toBeVisible()
})

test('a step back to a model that was closed shows the opening page', async ({ page }) => {
  await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
  await page.getByRole('button', { name: 'Close scaled-logreg.pkl' }).click()
  await page.goBack()
  await expect(page.getByRole('button', { name: 'Choose a file…' })).toBeVisible()
})
