// How the page is built: into the server package, with addresses relative to wherever it is served.

import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const always =
  /node_modules\/(?:react|react-dom|scheduler|@tanstack)\/|packages\/daybook\/src\/|packages\/web\/src\/(?:app|home|live|parts|i18n\/(?:base|language|words))/

export default defineConfig({
  root: import.meta.dirname,
  // Behind a path prefix the server names it in <base>; nothing here knows it.
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: join(import.meta.dirname, '../daybook/page'),
    emptyOutDir: true,
    target: 'es2024',
    // Inlined files would need data: in the policy of the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every screen needs is one file: dozens of small ones compress worse and are asked for one by one.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', test: always }] } } },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8001', ws: true } } },
})
