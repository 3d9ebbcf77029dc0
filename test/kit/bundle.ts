import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** Packages that are not ES modules ask for it. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

/**
 * The failpoint server in a few files of JavaScript: a suite of crashes mostly waits for servers to start, and
 * these start in half the time. @returns the path to run; it goes when the test ends
 */
export async function bundledServer(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const shared = { bundle: true, platform: 'node', format: 'esm', banner: { js: REQUIRE } } as const
  await Promise.all([
    build({
      ...shared,
      entryPoints: [source('./failpoint-server.ts')],
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      splitting: true,
    }),
    // The journal looks for its worker under this name, beside itself.
    build({
      ...shared,
      entryPoints: [source('../../server/journal/sqlite-worker.ts')],
      outfile: join(folder, 'sqlite-worker.ts'),
    }),
  ])
  return join(folder, 'failpoint-server.mjs')
}
