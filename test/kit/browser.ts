import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/**
 * A real Chromium from npm. Only `--no-sandbox --disable-gpu`: the package's own arguments switch web security
 * off, and then nothing that a browser forbids would be tested.
 */
export async function launchBrowser(): Promise<Browser> {
  const { default: packaged } = await inOwnFolder(() => import('@sparticuz/chromium'))
  const executablePath = await inOwnFolder(() => packaged.executablePath())
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

const MANIFEST = new URL('../../node_modules/@sparticuz/chromium/package.json', import.meta.url)

/** The package unpacks into `TMPDIR` under a name without a version: each version gets a folder of its own. */
async function inOwnFolder<T>(run: () => Promise<T>): Promise<T> {
  const { version } = JSON.parse(await readFile(MANIFEST, 'utf8')) as { version: string }
  const before = process.env.TMPDIR
  const folder = join(before ?? tmpdir(), `colloquy-chromium-${version}`)
  await mkdir(folder, { recursive: true })
  process.env.TMPDIR = folder
  try {
    return await run()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

/** Why there is no browser here, or null. In CI that is a failure; elsewhere the suite is skipped, loudly. */
export async function missingBrowser(): Promise<string | null> {
  try {
    await (await launchBrowser()).close()
    return null
  } catch (error) {
    if (process.env.CI) throw error
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    console.warn(`\n  SKIPPED: the browser suite, because Chromium does not start here: ${why}\n`)
    return why ?? 'unknown'
  }
}
