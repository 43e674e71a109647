import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Page } from '@playwright/test'

/** The path of a fixture below src/formats/. */
export function fixture(path: string): string {
  return fileURLToPath(new URL(`../src/formats/${path}`, import.meta.url))
}

export const SKLEARN = 'sklearn/fixtures/sklearn-1.9'

/** What a test drops: a fixture, or bytes with a name. */
export type Dropped = string | { readonly name: string; readonly bytes: Uint8Array }

/** Drops a file on an element of the page, as a mouse would. */
export async function drop(page: Page, file: Dropped, target = 'main'): Promise<void> {
  const { name, bytes } = typeof file === 'string' ? { name: basename(file), bytes: readFileSync(fixture(file)) } : file
  const transfer = await page.evaluateHandle(
    ({ base64, name }) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name))
      return data
    },
    { base64: Buffer.from(bytes).toString('base64'), name },
  )
  await page.dispatchEvent(target, 'dragover', { dataTransfer: transfer })
  await page.dispatchEvent(target, 'drop', { dataTransfer: transfer })
}

/** Chooses a file in the system's dialog behind a button. */
export async function choose(page: Page, button: string, path: string, nth = 0): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: button }).nth(nth).click()
  await (await chooser).setFiles(path)
}

/** Opens the page and drops a model on it. */
export async function openModel(page: Page, path: string): Promise<void> {
  await page.goto('./')
  await drop(page, path)
  await expect(page.getByRole('heading', { level: 1, name: basename(path) })).toBeVisible()
}

/** Shows one of the views of the open model. */
export async function view(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
}

/** Converts the open model in the Convert view, to the named target when one is named. */
export async function convert(page: Page, target?: 'onnx' | 'pmml'): Promise<void> {
  await view(page, 'Convert')
  if (target) await page.getByLabel('To', { exact: true }).selectOption(target)
  await page.getByRole('button', { name: /^Convert( again)?$/ }).click()
}
