import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { scoped } from './scoped-css.ts'
import { ALIAS, BROWSERS } from './workspace/vite-common.ts'

/**
 * Builds the drop-in session of `workspace/drop-in` into `folder`: `workspace.js` with lazy chunks, whose imports of
 * `external` packages stay, and `styles.css`, which holds for nothing outside of `.colloquy`.
 */
export async function buildDropIn(folder: string, external: readonly string[]): Promise<void> {
  const root = join(import.meta.dirname, 'workspace')
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    // Files name each other by where they lie: nobody knows where an app has them.
    base: './',
    plugins: [react(), tailwind()],
    resolve: { alias: ALIAS },
    worker: { rolldownOptions: { output: { entryFileNames: 'chunks/[name]-[hash].js' } } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: BROWSERS,
      cssTarget: BROWSERS,
      lib: {
        entry: join(root, 'drop-in/index.ts'),
        formats: ['es'],
        fileName: 'workspace',
        cssFileName: 'styles',
      },
      rollupOptions: {
        external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
        // What an app may take as a part of its own is loaded later by the session all the same.
        checks: { ineffectiveDynamicImport: false },
        output: { chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  })
  nameWorker(join(folder, 'chunks'))
  const styles = join(folder, 'styles.css')
  writeFileSync(styles, scoped(readFileSync(styles, 'utf8')))
  // Fonts are the app's.
  for (const name of readdirSync(folder)) if (name.endsWith('.woff2')) rmSync(join(folder, name))
}

/** Writes the worker's address in the one form by which bundlers of apps find it. */
function nameWorker(chunks: string): void {
  const built =
    /new Worker\(new URL\(\s*\/\* @vite-ignore \*\/\s*new URL\("([^"]+)", import\.meta\.url\)\.href,\s*"" \+ import\.meta\.url\s*\)/
  for (const name of readdirSync(chunks).filter((each) => each.startsWith('colouring-'))) {
    const code = readFileSync(join(chunks, name), 'utf8')
    if (!built.test(code)) throw new Error(`the worker's address has another form in ${name}`)
    writeFileSync(join(chunks, name), code.replace(built, 'new Worker(new URL("./$1", import.meta.url)'))
  }
}
