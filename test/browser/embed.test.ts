import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { openWindow, stage, useBrowser } from './stage.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe.skipIf(await missingBrowser())('the embed example of the README', () => {
  const browser = useBrowser()

  it('[E4] shows a session on a page of another origin, and asks in it', async () => {
    const app = await startApp(await bundle(await example()))
    const on = await stage(0, {}, { COLLOQUY_EMBED_ORIGINS: app.origin })
    const link = new URL(on.links[0]?.url ?? '')
    const query = new URLSearchParams({ url: link.origin, id: link.searchParams.get('session') ?? '' })
    const page = await openWindow(browser(), `${app.origin}/?${query}${link.hash}`)
    await page.getByText('This is a').first().waitFor()
    await page.getByLabel('Prompt').fill('asked from an app of somebody else')
    await page.getByLabel('Prompt').press('Enter')
    await page.getByText('“asked from an app of somebody else”').waitFor()
    expect(await page.getByText('Assistant').count()).toBeGreaterThan(3)
    expect(await page.getByText('Bo', { exact: true }).count()).toBeGreaterThan(0)
    expect(await page.locator('form').innerText()).not.toMatch(
      /(offline|connecting|ended|[A-Z]{2}_[A-Z]+)\s*$/,
    )
  })
})

/** The code of the README between its mark and the end of the block. */
async function example(): Promise<string> {
  const readme = await readFile(`${ROOT}/README.md`, 'utf8')
  const code = /<!-- embed[^\n]*-->\n```tsx\n([\s\S]*?)```/.exec(readme)?.[1]
  if (code === undefined) throw new Error('the README has no embed example')
  return code
}

/** The example with what an app adds: where it is mounted, and who is signed in. */
async function bundle(code: string): Promise<string> {
  const entry = `${code}
import { createRoot } from 'react-dom/client'
const query = new URLSearchParams(location.search)
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
createRoot(document.body.appendChild(document.createElement('main'))).render(
  <Session url={query.get('url') ?? ''} id={query.get('id') ?? ''} getToken={() => token} />,
)`
  const { outputFiles } = await build({
    stdin: { contents: entry, loader: 'tsx', resolveDir: ROOT },
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}

async function startApp(script: string): Promise<{ origin: string }> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript
        ? script
        : '<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="/app.js"></script>',
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
