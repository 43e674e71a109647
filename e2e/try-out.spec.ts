import { expect, test } from '@playwright/test'
import { choose, drop, fixture, openModel, SKLEARN, view } from './studio.ts'

const run = { name: 'Run', exact: true } as const

test('one row, from a form made of the signature', async ({ page }) => {
  await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
  await view(page, 'Test')
  await page.getByLabel('alcohol', { exact: true }).fill('13.2')
  await page.getByRole('button', run).click()
  const outputs = page.getByRole('region', { name: 'Outputs' }).first()
  await expect(outputs.getByRole('columnheader', { name: 'probability(5)' })).toBeVisible()
  await expect(outputs.getByRole('list', { name: 'probabilities' }).getByRole('listitem')).toHaveCount(3)
  await expect(page.getByText(/Every value agrees within/)).toBeVisible()
  await expect(outputs).toContainText(/ONNX Runtime: [\d.]+ ms/)
})

test('a small model is run at once, and says when its answers are of other values', async ({ page }) => {
  await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
  await view(page, 'Test')
  await expect(page.getByText(/Every value agrees within/)).toBeVisible()
  await page.getByLabel('alcohol', { exact: true }).fill('13.2')
  await expect(page.getByText('The values have changed since')).toBeVisible()
  await page.getByRole('button', run).click()
  await expect(page.getByText(/Every value agrees within/)).toBeVisible()
  await expect(page.getByText('The values have changed since')).toBeHidden()
})

test('categories of the model are choices', async ({ page }) => {
  await page.goto('./')
  await page.getByRole('button', { name: /income-forest\.pkl/ }).click()
  await view(page, 'Test')
  await page.getByLabel('Employment').selectOption('Private')
  await page.getByRole('button', run).click()
  await expect(page.getByText(/Every value agrees within/)).toBeVisible()
})

test('a sample brings rows to try it on', async ({ page }) => {
  await page.goto('./')
  await page.getByRole('button', { name: /iris-tree\.pmml/ }).click()
  await view(page, 'Test')
  await page.getByLabel('Inputs', { exact: true }).selectOption('table')
  await page.getByRole('button', { name: 'Use the sample’s rows' }).click()
  await page.getByRole('button', run).click()
  await expect(page.getByText(/Every value agrees within/)).toBeVisible()
  await page.getByRole('region', { name: 'Outputs' }).first().getByRole('button', { name: '2', exact: true }).click()
  await expect(page.getByText('Row 2', { exact: true })).toBeVisible()
})

test('rows from a CSV, against the reference and against expected answers', async ({ page }) => {
  await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
  await view(page, 'Test')
  await page.getByLabel('Inputs', { exact: true }).selectOption('table')
  await choose(page, 'Choose a CSV…', fixture(`${SKLEARN}/inputs/wine.csv`))
  await expect(page.getByText('30 rows')).toBeVisible()
  await page.getByRole('button', run).click()
  await expect(page.getByText(/Every value agrees within/)).toBeVisible()
  await choose(page, 'Choose a CSV…', fixture(`${SKLEARN}/scaled-logreg.expected.csv`), 1)
  await expect(page.getByText('All rows are as expected.')).toBeVisible()
  await choose(page, 'Choose a CSV…', fixture(`${SKLEARN}/forest-multiclass.expected.csv`), 1)
  const verdict = page.getByRole('alert')
  await expect(verdict).toContainText('Some rows are not as expected.')
  await expect(page.getByRole('region', { name: 'Worst rows' }).first()).toBeVisible()
})

test('a CSV that does not fit is refused with the reason', async ({ page }) => {
  await openModel(page, `${SKLEARN}/scaled-logreg.pkl`)
  await view(page, 'Test')
  await page.getByLabel('Inputs', { exact: true }).selectOption('table')
  const place = page.locator('form').getByText('or drop it here').locator('..')
  const rows = { name: 'rows.csv', bytes: new TextEncoder().encode('alcohol,ash\n1,2\n') }
  await place.evaluate((element) => element.setAttribute('data-test', 'rows'))
  await drop(page, rows, '[data-test=rows]')
  await expect(page.getByText('rows.csv')).toBeVisible()
  await page.getByRole('button', run).click()
  await expect(page.getByRole('alert')).toContainText('malic_acid')
  await expect(page.getByRole('navigation', { name: 'Open models' }).getByRole('listitem')).toHaveCount(1)
})

test.describe('tensors', () => {
  test.beforeEach(async ({ page }) => {
    await page.goto('./')
    await page.getByRole('button', { name: /unet\.onnx/ }).click()
    await view(page, 'Test')
  })

  test('random ones, and an output that is an image', async ({ page }) => {
    await page.getByRole('button', run).click()
    const picture = page.getByRole('img', { name: /As an image/ })
    await expect(picture).toBeVisible()
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(8)
    await expect(page.getByText(/Every value agrees within/)).toBeVisible()
  })

  test('an image file', async ({ page }) => {
    const png = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(32, 32)
      const context = canvas.getContext('2d')
      if (context) {
        context.fillStyle = 'white'
        context.fillRect(0, 0, 16, 32)
      }
      return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()))
    })
    await page.getByLabel('Values of image').selectOption('image')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Choose a file…' }).click()
    await (await chooser).setFiles({ name: 'half.png', mimeType: 'image/png', buffer: Buffer.from(png) })
    await expect(page.getByRole('img', { name: 'half.png' })).toBeVisible()
    await page.getByRole('button', run).click()
    await expect(page.getByText(/Every value agrees within/)).toBeVisible()
    const picture = page.getByRole('img', { name: /As an image/ })
    const before = await picture.getAttribute('src')
    await page.getByLabel('Pixels').selectOption('ImageNet mean and deviation')
    await page.getByLabel('Channels').selectOption('BGR')
    await page.getByRole('button', run).click()
    await expect(picture).not.toHaveAttribute('src', before ?? '')
    await expect(page.getByText(/Every value agrees within/)).toBeVisible()
  })

  test('pasted JSON, and JSON that does not fit', async ({ page }) => {
    await page.getByLabel('Values of image').selectOption('json')
    const image = Array.from({ length: 8 }, (_, y) => Array.from({ length: 8 }, (_, x) => (x + y) / 16))
    await page
      .getByLabel('JSON')
      .last()
      .fill(JSON.stringify([[image]]))
    await page.getByRole('button', run).click()
    await expect(page.getByText(/Every value agrees within/)).toBeVisible()
    await page.getByLabel('JSON').last().fill('[[1, 2], [3]]')
    await page.getByRole('button', run).click()
    await expect(page.getByRole('alert')).toContainText('ragged')
  })
})
