import { expect, type Page, test } from '@playwright/test'
import { endlessModel, largeModel } from './large-model.ts'
import { drop, openModel, SKLEARN, view } from './studio.ts'

const drawing = (page: Page) => page.getByRole('application', { name: /^Drawing of/ })
const list = (page: Page) => page.getByRole('tree', { name: 'Nodes' })
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' })

/** How many different colours the drawing has: one while nothing is drawn. */
function colours(page: Page): Promise<number> {
  return drawing(page)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
      const seen = new Set<number>()
      for (let i = 0; i + 3 < data.length; i += 4) {
        seen.add(((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0))
      }
      return seen.size
    })
}

async function openGraph(page: Page, path: string): Promise<void> {
  await openModel(page, path)
  await view(page, 'Graph')
  await expect.poll(() => colours(page)).toBeGreaterThan(20)
}

test('a model is drawn, and its nodes are listed', async ({ page }) => {
  await openGraph(page, 'keras/fixtures/keras-3.15/unet.keras')
  await expect(list(page).getByRole('treeitem')).toHaveCount(9)
  await expect(list(page).getByRole('treeitem', { name: 'MaxPooling2D' })).toBeVisible()
})

test('the keyboard walks along the lines, and says where it is', async ({ page }) => {
  await openGraph(page, 'keras/fixtures/keras-3.15/unet.keras')
  await drawing(page).focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByText('Conv2D, kernel_size [3, 3] · filters 3')).toBeAttached()
  await expect(inspector(page)).toContainText('keras.Conv2D')
  await page.keyboard.press('ArrowDown')
  await expect(inspector(page)).toContainText('keras.MaxPooling2D')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await expect(page.getByText('input, image, float32[N, 8, 8, 1]')).toBeAttached()
})

test('a click selects a node, and a click beside it none', async ({ page }) => {
  await openGraph(page, 'keras/fixtures/keras-3.15/lenet.keras')
  const box = (await drawing(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  // A chain stands upright in the middle: on the way down every node is met.
  let met = ''
  for (let y = box.y + 20; y < box.y + box.height; y += 16) {
    await page.mouse.click(box.x + box.width / 2, y)
    met += await inspector(page).textContent()
  }
  for (const op of ['keras.Conv2D', 'keras.AveragePooling2D', 'keras.Flatten', 'keras.Dense']) expect(met).toContain(op)
  await page.mouse.click(box.x + 5, box.y + box.height / 2)
  await expect(inspector(page)).toContainText('Select a node')
})

test('search finds nodes and goes from one to the next', async ({ page }) => {
  await openGraph(page, 'onnx/fixtures/nn/torch/transformer-layer-18.onnx')
  await drawing(page).focus()
  await page.keyboard.press('/')
  const field = page.getByRole('searchbox', { name: 'Search nodes' })
  await expect(field).toBeFocused()
  await field.fill('layernorm')
  await expect(page.getByText('2 matches')).toBeVisible()
  await field.press('Enter')
  await expect(page.getByText('1/2')).toBeVisible()
  await field.press('Enter')
  await expect(page.getByText('2/2')).toBeVisible()
  await expect(inspector(page)).toContainText('onnx.LayerNormalization')
  await field.fill('no such thing')
  await expect(page.getByText('Nothing matches.')).toBeVisible()
  await field.press('Escape')
  await expect(page.getByText('51 nodes')).toBeVisible()
})

test('containers close and open', async ({ page }) => {
  await openGraph(page, `${SKLEARN}/nested-pipelines.pkl`)
  await expect(list(page).getByRole('treeitem')).toHaveCount(7)
  await page.getByRole('button', { name: 'Close all containers' }).click()
  await expect(list(page).getByRole('treeitem')).toHaveCount(1)
  await drawing(page).focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByText('Pipeline, holds 6 nodes')).toBeAttached()
  await page.keyboard.press('Enter')
  await expect(list(page).getByRole('treeitem')).toHaveCount(3)
  await page.getByRole('button', { name: 'Open all containers' }).click()
  await expect(list(page).getByRole('treeitem')).toHaveCount(7)
})

test('the bodies of If, Loop and functions open like containers', async ({ page }) => {
  await page.goto('./')
  await drop(page, { name: 'endless.onnx', bytes: endlessModel() })
  await view(page, 'Graph')
  await expect(list(page).getByRole('treeitem', { name: 'Loop' })).toHaveAttribute('aria-expanded', 'true')
  await list(page).getByRole('treeitem', { name: 'Sin' }).click()
  await expect(inspector(page)).toContainText('onnx.Sin')
  await inspector(page).getByRole('button', { name: 'y', exact: true }).click()
  await expect(inspector(page)).toContainText('onnx.Loop')
  await page.getByRole('button', { name: 'Close all containers' }).click()
  await expect(list(page).getByRole('treeitem')).toHaveCount(1)
})

test('mouse and keys move and zoom the drawing', async ({ page }) => {
  await openGraph(page, 'onnx/fixtures/nn/torch/transformer-layer-18.onnx')
  const pixels = () =>
    drawing(page)
      .locator('canvas')
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
  const box = (await drawing(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const moves: (() => Promise<void>)[] = [
    async () => {
      await page.mouse.move(x, y)
      await page.mouse.down()
      await page.mouse.move(x - 60, y - 90, { steps: 3 })
      await page.mouse.up()
    },
    () => page.mouse.wheel(0, 120),
    () => page.mouse.wheel(12, 30),
    async () => {
      await drawing(page).focus()
      await page.keyboard.press('+')
    },
    () => page.keyboard.press('Shift+ArrowDown'),
    () => page.getByRole('button', { name: 'Show everything' }).click(),
  ]
  for (const [i, move] of moves.entries()) {
    const before = await pixels()
    await move()
    await expect.poll(pixels, `move ${i}`).not.toBe(before)
    await page.waitForTimeout(350)
  }
})

test('a graph of 10,000 nodes is drawn soon, and the page stays responsive', async ({ page }) => {
  await page.goto('./')
  await page.evaluate(() => {
    const longest = { ms: 0 }
    Object.assign(window, { longest })
    new PerformanceObserver((entries) => {
      for (const { duration } of entries.getEntries()) longest.ms = Math.max(longest.ms, duration)
    }).observe({ type: 'longtask' })
  })
  await drop(page, { name: 'large.onnx', bytes: largeModel(10_000) })
  await view(page, 'Graph')
  await expect.poll(() => colours(page), { timeout: 15_000 }).toBeGreaterThan(20)
  expect(await list(page).getByRole('treeitem').count()).toBeLessThan(60)
  await expect(list(page).getByRole('treeitem').first()).toHaveAttribute('aria-setsize', '10000')
  await list(page).focus()
  await page.keyboard.press('End')
  await expect(inspector(page)).toContainText('make_y999')
  await page.getByRole('button', { name: 'Show everything' }).click()
  const longest = await page.evaluate(() => (window as unknown as { longest: { ms: number } }).longest.ms)
  expect(longest).toBeLessThan(2000)
})
