import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { bundled, ROOT, SCRIPT_PAGE, startApp } from './apps.ts'
import { openWindow, stage, useBrowser } from './stage.ts'

describe.skipIf(await missingBrowser())('the embed example of the README', () => {
  const browser = useBrowser()

  it('[E4] shows a session on a page of another origin, and asks in it', async () => {
    const app = await startApp({
      'index.html': SCRIPT_PAGE,
      'app.js': await bundled((await example()) + MOUNT, ROOT),
    })
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

/** What an app adds: where it is mounted, and who is signed in. */
const MOUNT = `
import { createRoot } from 'react-dom/client'
const query = new URLSearchParams(location.search)
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
createRoot(document.getElementById('app')!).render(
  <Session url={query.get('url') ?? ''} id={query.get('id') ?? ''} getToken={() => token} />,
)`

/** The code of the README between its mark and the end of the block. */
async function example(): Promise<string> {
  const readme = await readFile(`${ROOT}/README.md`, 'utf8')
  const code = /<!-- embed[^\n]*-->\n```tsx\n([\s\S]*?)```/.exec(readme)?.[1]
  if (code === undefined) throw new Error('the README has no embed example')
  return code
}
