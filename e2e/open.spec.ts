import { expect, test } from '@playwright/test'
import { choose, drop, fixture, openModel, SKLEARN } from './studio.ts'

const LOGREG = `${SKLEARN}/scaled-logreg.pkl`

test.describe('a model is opened', () => {
  test('by dropping it anywhere, which the page says while it is dragged', async ({ page }) => {
    await page.goto('./')
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer()
      data.items.add(new File(['x'], 'x'))
      return data
    })
    await page.dispatchEvent('header', 'dragover', { dataTransfer: transfer })
    await expect(page.getByText('Drop it to open it here')).toBeVisible()
    await drop(page, LOGREG, 'header')
    await expect(page.getByText('Drop it to open it here')).toBeHidden()
    await expect(page.getByRole('heading', { level: 1, name: 'scaled-logreg.pkl' })).toBeVisible()
  })

  test('by choosing it', async ({ page }) => {
    await page.goto('./')
    await choose(page, 'Choose a file…', fixture(LOGREG))
    await expect(page.getByRole('heading', { level: 1, name: 'scaled-logreg.pkl' })).toBeVisible()
  })

  test('by its address on the same site', async ({ page }) => {
    await page.goto('./')
    await page.getByLabel('or paste the address').fill('samples/unet.onnx')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'unet.onnx' })).toBeVisible()
  })

  test('by pasting it, or its address', async ({ page }) => {
    await page.goto('./')
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text', 'samples/unet.onnx')
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
    })
    await expect(page.getByRole('heading', { level: 1, name: 'unet.onnx' })).toBeVisible()
  })

  test('from the samples, each with where it can go', async ({ page }) => {
    await page.goto('./')
    const samples = page.getByRole('region', { name: 'Or take one of these along' }).getByRole('button')
    for (let i = 0; i < (await samples.count()); i++) {
      await samples.nth(i).click()
      await expect(page.getByRole('heading', { name: 'What it is' })).toBeVisible()
      await expect(page.getByRole('table', { name: 'Where it can go' }).getByText('exact').first()).toBeVisible()
      await page.getByRole('button', { name: 'Open another model' }).click()
    }
    await expect(page.getByRole('navigation', { name: 'Open models' }).getByRole('listitem')).toHaveCount(4)
  })

  test('by content, whatever its name says', async ({ page }) => {
    await page.goto('./')
    const { readFileSync } = await import('node:fs')
    await drop(page, { name: 'model.onnx', bytes: readFileSync(fixture(LOGREG)) })
    await expect(page.getByText('sklearn.LogisticRegression').first()).toBeVisible()
  })
})

test('several models stay open beside each other, each as it was left', async ({ page }) => {
  await openModel(page, LOGREG)
  await page.getByRole('tab', { name: 'Convert' }).click()
  await drop(page, `${SKLEARN}/forest-multiclass.pkl`)
  await expect(page.getByRole('heading', { level: 1, name: 'forest-multiclass.pkl' })).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('button', { name: 'scaled-logreg.pkl', exact: true }).click()
  await expect(page.getByRole('tab', { name: 'Convert' })).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('button', { name: 'Close scaled-logreg.pkl' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'forest-multiclass.pkl' })).toBeVisible()
  await page.getByRole('button', { name: 'Close forest-multiclass.pkl' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Where does your model want to go?' })).toBeVisible()
})

test('reading can be stopped, and the page goes on', async ({ browser, baseURL }) => {
  // the page's own service worker would fetch the script itself, past the route that holds it back
  const context = await browser.newContext({ serviceWorkers: 'block', ...(baseURL ? { baseURL } : {}) })
  const page = await context.newPage()
  await page.goto('./')
  const held: (() => Promise<void>)[] = []
  await page.route('**/model.worker*.js', (route) => {
    held.push(() => route.continue())
  })
  await drop(page, LOGREG)
  await expect(page.getByText('Reading scaled-logreg.pkl')).toBeVisible()
  await page.getByRole('button', { name: 'Stop reading' }).click()
  await expect(page.getByRole('button', { name: 'Choose a file…' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Open models' })).toBeHidden()
  await page.unroute('**/model.worker*.js')
  for (const release of held) await release().catch(() => undefined)
  await drop(page, LOGREG)
  await expect(page.getByRole('heading', { level: 1, name: 'scaled-logreg.pkl' })).toBeVisible()
  await context.close()
})

test.describe('what can not be opened is explained, and the page goes on', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const mistakes = [
    {
      name: 'pointer.onnx',
      bytes: bytes('version https://git-lfs.github.com/spec/v1\noid sha256:1f\nsize 9\n'),
      says: /LFS/,
    },
    {
      name: 'page.mlmodel',
      bytes: bytes('<!doctype html><html><head><title>404</title></head></html>'),
      says: /HTML|web page/i,
    },
    { name: 'rows.pkl', bytes: bytes('a,b,c\n1,2,3\n4,5,6\n'), says: /CSV|table/i },
    {
      name: 'noise.bin',
      bytes: Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919 + (i >> 3)) % 251),
      says: /not a model/,
    },
    { name: 'empty.onnx', bytes: new Uint8Array(), says: /empty/i },
  ]
  for (const { name, bytes: content, says } of mistakes) {
    test(name, async ({ page }) => {
      await page.goto('./')
      await drop(page, { name, bytes: content })
      const alert = page.getByRole('alert')
      await expect(alert).toContainText(says)
      await choose(page, 'Try another file', fixture(LOGREG))
      await expect(page.getByRole('heading', { level: 1, name: 'scaled-logreg.pkl' })).toBeVisible()
      await expect(alert).toBeHidden()
    })
  }

  test('a damaged file says where it breaks off', async ({ page }) => {
    await page.goto('./')
    await drop(page, 'sklearn/fixtures/hostile/truncated.pkl')
    await expect(page.getByRole('alert')).toContainText(/byte \d+/)
    await expect(page.getByRole('alert')).toContainText('truncated or damaged')
  })

  test('a pickle that would run code, with what it would have called', async ({ page }) => {
    await page.goto('./')
    await drop(page, 'sklearn/fixtures/hostile/os-system-protocol-4.pkl')
    await expect(page.getByRole('alert').first()).toContainText('not of a scikit-learn model')
    const report = page.getByRole('region', { name: 'Pickle safety report' }).first()
    await expect(report).toContainText('Do not load it.')
    await expect(report.getByRole('row', { name: /\bsystem dangerous yes 1$/ })).toBeVisible()
  })

  test('a format that can not be read yet', async ({ page }) => {
    await page.goto('./')
    await drop(page, { name: 'model.rds', bytes: bytes('X\n\0\0\0\u0003\0\u0004\u0003\0\0\u0003\u0005\0') })
    await expect(page.getByRole('alert')).toContainText(/recognised.*can not read/)
  })

  test('an address elsewhere, or of nothing', async ({ page }) => {
    await page.goto('./')
    const address = page.getByLabel('or paste the address')
    await address.fill('https://example.org/model.onnx')
    await page.getByRole('button', { name: 'Fetch' }).click()
    await expect(page.getByRole('alert')).toContainText('example.org is another site')
    await address.fill('no/such/model.onnx')
    await page.getByRole('button', { name: 'Fetch' }).click()
    await expect(page.getByRole('alert')).toContainText('404')
  })
})
