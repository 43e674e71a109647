// Writes the generated pages of docs/: npm run docs
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generatedPages } from './docs/pages.ts'

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url))

mkdirSync(DOCS, { recursive: true })
for (const [file, text] of await generatedPages()) {
  writeFileSync(`${DOCS}${file}`, text)
  console.log(`docs/${file}`)
}
