import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { bundled, ROOT, SCRIPT_PAGE, startApp } from './apps.ts'
import { ask, PAGES } from './pages.ts'
import { openTab, openWindow, type Stage, sessionIdOf, stage, useBrowser } from './stage.ts'

const EXAMPLES = join(ROOT, 'test/examples')
/** Answers that the sample session begins with for everyone, and those that only Ana reads. */
const SAMPLE = 3
const ASIDES = 1

describe.skipIf(await missingBrowser())('the examples', () => {
  const browser = useBrowser()

  it('[E1] vanilla: two windows on two links prompt at once, and each sees both answers stream', async () => {
    const [ana, bo] = await twoTabs(browser())
    await Promise.all([ask(ana, '/write 60'), ask(bo, '/write 50')])
    for (const page of [ana, bo]) {
      await page.waitForFunction(() => {
        const streaming = document.querySelector('article[aria-busy="true"] p')
        return (streaming?.textContent?.length ?? 0) > 20
      })
    }
    await Promise.all([answers(ana, SAMPLE + ASIDES + 2), answers(bo, SAMPLE + 2)])
    const texts = (page: Page) => page.locator('article').allTextContents()
    const aside = (text: string) => text.includes('(read by ana)')
    expect((await texts(ana)).filter(aside)).toHaveLength(2 * ASIDES)
    expect((await texts(ana)).filter((text) => !aside(text))).toEqual(await texts(bo))
    expect((await texts(ana)).filter((text) => text.includes('/write'))).toHaveLength(2)
    expect(await ana.locator('#people').textContent()).toContain('Bo')

    // [E2] The token has left the address and stays in its own tab.
    expect(ana.url()).not.toContain('token')
    const token = (page: Page) => page.evaluate(() => sessionStorage.getItem('token'))
    expect(await token(ana)).not.toBe(await token(bo))
    await ana.reload()
    await live(ana)

    // [E3] Stop ends a running answer for everybody.
    await ask(ana, '/write 2000')
    await bo.getByText('Answering Ana').waitFor()
    await ana.getByRole('button', { name: 'Stop' }).click()
    await bo.getByText('STOPPED_BY_AUTHOR').waitFor()
  })

  it('[E4] React: the README’s code shows a session on a page of another origin, and asks in it', async () => {
    const code = await readFile(join(EXAMPLES, 'react/app.tsx'), 'utf8')
    expect(code.startsWith(await ofReadme())).toBe(true)
    const { page } = await openApp(browser(), 0, code)
    await page.getByText('This is a').first().waitFor()
    await ask(page, 'asked from an app of somebody else')
    await page.getByText('“asked from an app of somebody else”').waitFor()
    expect(await page.getByText('Assistant').count()).toBeGreaterThan(3)
    expect(await page.getByText('Bo', { exact: true }).count()).toBeGreaterThan(0)
    expect(await page.locator('form').innerText()).not.toMatch(
      /(offline|connecting|ended|[A-Z]{2}_[A-Z]+)\s*$/,
    )
    expect(await inWorker(page)).toBeGreaterThan(6)
  })

  it('[E9] useChat: an app of the AI SDK that changed its transport asks, allows, stops, asks again and comes back', async () => {
    const { page } = await openApp(browser(), 60, await readFile(join(EXAMPLES, 'use-chat/app.tsx'), 'utf8'))
    const status = (text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor()
    await status('ready')
    await ask(page, 'from useChat')
    await status('streaming')
    await page.getByText('“from useChat”').waitFor()
    await status('ready')

    await ask(page, '/tool notes.append {"name": "plan", "text": "Ship it"}')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByText('notes.append: output-available').waitFor()
    await status('ready')
    expect(await page.locator('article').last().locator('p').count()).toBeGreaterThan(0)

    await ask(page, '/write 2000')
    await status('streaming')
    await page.getByRole('button', { name: 'Stop' }).click()
    await status('ready')
    await page.getByRole('button', { name: 'Ask again' }).click()
    await status('streaming')
    // A page that is loaded again finds its own answer under way.
    await page.reload()
    await page.waitForFunction(() => (document.querySelector('article p')?.textContent?.length ?? 0) > 200)
    await page.getByRole('button', { name: 'Stop' }).click()
    await status('ready')
  })

  it('[E10] each is less than 60 lines', async () => {
    for (const files of [
      ...[['vanilla/index.html', 'vanilla/main.js'], ['react/app.tsx'], ['use-chat/app.tsx']],
      ['iframe/index.html', 'iframe/main.js'],
    ]) {
      const texts = await Promise.all(files.map((file) => readFile(join(EXAMPLES, file), 'utf8')))
      expect(texts.join('').match(/\n/g)?.length, files[0]).toBeLessThan(60)
    }
  })
})

/** The code of the README between its mark and the end of the block. */
async function ofReadme(): Promise<string> {
  const code = /<!-- embed[^\n]*-->\n```tsx\n([\s\S]*?)```/.exec(
    await readFile(join(ROOT, 'README.md'), 'utf8'),
  )?.[1]
  if (code === undefined) throw new Error('the README has no embed example')
  return code
}

/** An app of another origin that the server lets in, opened as the owner. */
async function openApp(browser: Browser, tps: number, code: string): Promise<{ page: Page; on: Stage }> {
  const files: Record<string, string> = { 'index.html': SCRIPT_PAGE, 'app.js': await bundled(code, ROOT) }
  const app = await startApp(files)
  const on = await stage(tps, {}, { COLLOQUY_EMBED_ORIGINS: app.origin })
  files['worker.js'] = workerOf(on.server.url)
  const query = new URLSearchParams({ url: on.server.url, session: sessionIdOf(on) })
  const page = await openWindow(browser, `${app.origin}/?${query}${new URL(on.links[0]?.url ?? '').hash}`)
  return { page, on }
}

const workerOf = (url: string) => `
import { connect } from '${url}/client.js'
onmessage = async ({ data: { session, token } }) => {
  const joined = connect({ url: '${url}', session, auth: () => token })
  await joined.ready
  postMessage(joined.snapshot().messages.length)
  joined.close()
}`

/** How many messages a worker of this page sees in its session. */
function inWorker(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const worker = new Worker('/worker.js', { type: 'module' })
    const session = new URLSearchParams(location.search).get('session')
    worker.postMessage({ session, token: location.hash.replace('#token=', '') })
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
    })
  })
}

/** Two people in two tabs of one browser, as the printed links open them where no workspace is built. */
async function twoTabs(browser: Browser): Promise<[Page, Page]> {
  const { staticFolder, clientBundle } = PAGES
  const { links } = await stage(60, { pages: { staticFolder, clientBundle } })
  const context = await browser.newContext()
  const [first, second] = links
  if (!first || !second) throw new Error('no links')
  const pages: [Page, Page] = [await openTab(context, first.url), await openTab(context, second.url)]
  await Promise.all(pages.map(live))
  return pages
}

const live = (page: Page) => page.locator('#connection', { hasText: 'live' }).waitFor()

async function answers(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('article.assistant[aria-busy="false"]').length === wanted,
    count,
  )
}
