import { defineConfig } from '@playwright/test'
import { findBrowser, LAUNCH_ARGS } from './scripts/browser.mjs'

/** Another port lets two runs stand side by side. */
const PORT = Number(process.env.E2E_PORT ?? 4180)
const executablePath = findBrowser()

/** The browser tests: the built studio, served as a person would serve it. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  workers: 1,
  timeout: 120_000,
  forbidOnly: true,
  expect: { timeout: 20_000 },
  reporter: process.env.CI ? [['list']] : [['line']],
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    trace: 'retain-on-failure',
    launchOptions: { args: LAUNCH_ARGS, ...(executablePath ? { executablePath } : {}) },
  },
  projects: [{ name: 'chromium', use: { browserName: 'chromium', viewport: { width: 1280, height: 800 } } }],
  webServer: {
    command: `node scripts/serve.mjs --port ${PORT}`,
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
  },
})
