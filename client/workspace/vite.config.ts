import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { ALIAS, BROWSERS } from './vite-common.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  base: '/',
  plugins: [react(), tailwind()],
  resolve: { alias: ALIAS },
  build: {
    outDir: here('../dist/workspace'),
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    // The server's policy lets no page load fonts or scripts from `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    reportCompressedSize: false,
    // The budgets are in `budget.ts`.
    chunkSizeWarningLimit: 1_000,
  },
})
