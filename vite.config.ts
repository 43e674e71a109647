import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { contentSecurityPolicy, isolationHeaders, studioHeaders } from './scripts/headers.mjs'
import { offline } from './scripts/offline/plugin.mjs'

/** Puts the policy into the built page, so that it holds on any static host. */
function contentSecurityPolicyMeta(): Plugin {
  return {
    name: 'content-security-policy-meta',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
        injectTo: 'head-prepend',
      },
    ],
  }
}

/** The studio: a static page that works under any path. */
export default defineConfig({
  base: './',
  plugins: [react(), contentSecurityPolicyMeta(), offline()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist/app',
    target: 'es2023',
    // A data: URL would be refused by the policy as script or wasm; a file of its own is cached as well.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 5000,
  },
  server: { headers: isolationHeaders },
  preview: { headers: studioHeaders },
})
