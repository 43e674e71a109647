import { expect, test } from '@playwright/test'

test.describe('the page as it is served', () => {
  test('is cross-origin isolated, so that WebAssembly may use threads', async ({ page }) => {
    await page.goto('./')
    expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true)
  })

  test('has a policy that lets nothing out', async ({ page, request }) => {
    const response = await request.get('./')
    expect(response.headers()['content-security-policy']).toContain("default-src 'none'")
    await page.goto('./')
    const outcome = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/elsewhere').then(
        () => 'sent',
        () => 'refused',
      ),
    )
    const refusals = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective))
          fetch('http://127.0.0.1:9/elsewhere').catch(() => undefined)
        }),
    )
    expect(outcome).toBe('refused')
    expect(refusals).toBe('connect-src')
  })

  test('stays inside its folder', async ({ request }) => {
    expect((await request.get('./..%2f..%2fpackage.json')).status()).toBe(404)
    expect((await request.get('./no-such-file.js')).status()).toBe(404)
  })
})
