// Times layouts of 10,000 nodes, and panning over such a graph in the built studio: npm run bench
import { spawn } from 'node:child_process'
import { chromium, type Page } from '@playwright/test'
import { largeModel } from '../../e2e/large-model.ts'
import { arrange } from '../../src/layout/arrange.ts'
import * as shapes from '../../src/layout/testing/graphs.ts'
import { ensureBrowser, LAUNCH_ARGS } from '../browser.mjs'

const NODES = 10_000
const RUNS = 3
const PORT = 4182
const FRAMES = 90

const graphs = {
  chain: shapes.chainGraph(NODES),
  fan: shapes.fanGraph(NODES),
  tree: shapes.treeGraph(NODES),
  transformer: shapes.transformerGraph(NODES),
  random: shapes.randomGraph(NODES, 2 * NODES),
  dense: shapes.denseGraph(NODES),
}

console.log(`Layout of ${NODES} nodes, processor time, the best of ${RUNS}:`)
for (const [name, graph] of Object.entries(graphs)) {
  const times = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage()
    arrange(graph)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  })
  console.log(
    `  ${name.padEnd(12)} ${Math.min(...times)
      .toFixed(0)
      .padStart(5)} ms`,
  )
}

/** Milliseconds between frames while the drawing is dragged about. */
async function framesWhilePanning(page: Page): Promise<number[]> {
  const box = await page.getByRole('application').boundingBox()
  if (!box) throw new Error('The graph is not drawn')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  let isRecorded = false
  const recording = page
    .evaluate<number[]>(`new Promise((resolve) => {
      const times = []
      requestAnimationFrame(function frame(time) {
        times.push(time)
        if (times.length <= ${FRAMES}) requestAnimationFrame(frame)
        else resolve(times.slice(1).map((later, i) => later - times[i]))
      })
    })`)
    .finally(() => {
      isRecorded = true
    })
  for (let i = 0; !isRecorded; i++) await page.mouse.move(x + 150 * Math.sin(i / 9), y + 150 * Math.cos(i / 7))
  await page.mouse.up()
  return recording
}

const server = spawn('node', ['scripts/serve.mjs', '--port', String(PORT)], { stdio: 'ignore' })
const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: LAUNCH_ARGS })
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(`http://127.0.0.1:${PORT}/`)
  const file = { name: 'large.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(largeModel(NODES)) }
  await page.locator('input[type=file]').first().setInputFiles(file)
  await page.getByRole('tab', { name: 'Graph' }).click()
  await page.getByRole('button', { name: 'Show everything' }).waitFor()
  await page.waitForTimeout(2000)
  for (const look of ['close', 'whole']) {
    if (look === 'whole') await page.getByRole('button', { name: 'Show everything' }).click()
    await page.waitForTimeout(500)
    const frames = (await framesWhilePanning(page)).sort((a, b) => a - b)
    const at = (share: number) => frames[Math.floor(share * (frames.length - 1))]?.toFixed(1)
    console.log(`Panning over ${NODES} nodes, ${look}: median frame ${at(0.5)} ms, 95 % within ${at(0.95)} ms`)
  }
} finally {
  await browser.close()
  server.kill()
}
