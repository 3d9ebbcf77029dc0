import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { ALIAS, BROWSERS } from './vite-common.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What nearly every chunk needs: as one file it travels better than as a dozen of a few hundred bytes. */
const BASE = [
  /node_modules\/(react|scheduler)\//,
  /lucide-react\/dist\/esm\/(?!icons)/,
  /shared\/audience\.ts$/,
  /workspace\/parts\/(avatar|box|button|later|name|names|page-storage|store|use-media)\.tsx?$/,
  /workspace\/sign-in\/account\.ts$/,
]
const isBase = (id: string) => BASE.some((each) => each.test(id))

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
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'base', test: isBase }], includeDependenciesRecursively: false },
      },
    },
    // The budgets are in `budget.ts`.
    chunkSizeWarningLimit: 1_000,
  },
})
