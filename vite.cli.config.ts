import { chmodSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

const OUT_DIR = 'dist/cli'
const ENTRY = 'portolan.js'

/** Makes the built entry executable, so that `npm install -g .` and a plain path both run it. */
function executable(): Plugin {
  return { name: 'executable', writeBundle: ({ dir = OUT_DIR }) => chmodSync(`${dir}/${ENTRY}`, 0o755) }
}

/**
 * The command line: one ESM entry and a chunk per dynamic import, so that a command loads only what it needs.
 * npm packages stay imports, resolved from node_modules: the WebAssembly ones find their own files that way.
 */
export default defineConfig({
  publicDir: false,
  plugins: [executable()],
  build: {
    ssr: 'src/cli/main.ts',
    outDir: OUT_DIR,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      output: {
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
        entryFileNames: ENTRY,
        chunkFileNames: 'chunks/[name]-[hash].js',
      },
    },
  },
})
