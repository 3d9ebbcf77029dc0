import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { firstSession } from '../../server/first-session.ts'
import { createLogger } from '../../server/http/logging.ts'
import { readSettings } from '../../server/settings.ts'
import { startServer } from '../../server/start.ts'
import { launchBrowser, missingBrowser } from '../kit/browser.ts'
import { temporaryFolder } from '../kit/server.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** Answers that the first session begins with. */
const SAMPLE = 3
const PAGES = {
  staticFolder: here('../examples/vanilla'),
  clientBundle: here('../../client/dist/browser.js'),
}

describe.skipIf(await missingBrowser())('the example page', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('[E1] two windows on two links prompt at once, and each sees both answers stream', async () => {
    const [ana, bo] = await twoWindows(browser)
    await Promise.all([ask(ana, '/write 60'), ask(bo, '/write 50')])
    for (const page of [ana, bo]) {
      await page.waitForFunction(() => {
        const streaming = document.querySelector('article[aria-busy="true"] p')
        return (streaming?.textContent?.length ?? 0) > 20
      })
    }
    await Promise.all([answers(ana, SAMPLE + 2), answers(bo, SAMPLE + 2)])
    const texts = (page: Page) => page.locator('article').allTextContents()
    expect(await texts(ana)).toEqual(await texts(bo))
    expect((await texts(ana)).filter((text) => text.includes('/write'))).toHaveLength(2)
    expect(await ana.locator('#people').textContent()).toContain('Bo')
  })

  it('[E2] the token leaves the address and stays in its own tab', async () => {
    const [ana, bo] = await twoWindows(browser)
    expect(ana.url()).not.toContain('token')
    const token = (page: Page) => page.evaluate(() => sessionStorage.getItem('token'))
    expect(await token(ana)).not.toBe(await token(bo))
    await ana.reload()
    await live(ana)
  })

  it('[E3] stop ends a running answer for everybody', async () => {
    const [ana, bo] = await twoWindows(browser)
    await ask(ana, '/write 2000')
    await bo.getByText('Answering Ana').waitFor()
    await ana.getByRole('button', { name: 'Stop' }).click()
    await bo.getByText('STOPPED_BY_AUTHOR').waitFor()
  })
})

/** Two people's windows of one browser, as the printed links open them. */
async function twoWindows(browser: Browser): Promise<[Page, Page]> {
  const argv = ['--port=0', `--data=${await temporaryFolder()}`]
  const settings = readSettings({ argv, env: { COLLOQUY_OFFLINE_TPS: '60' } })
  const server = await startServer(settings, { log: createLogger({ level: 'silent' }), pages: PAGES })
  const context = await browser.newContext()
  onTestFinished(async () => {
    await context.close()
    await server.stop()
  })
  const [first, second] = await firstSession(server)
  if (!first || !second) throw new Error('no links')
  return [await open(context, first.url), await open(context, second.url)]
}

async function open(context: Awaited<ReturnType<Browser['newContext']>>, url: string): Promise<Page> {
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  onTestFinished(() => expect(problems).toEqual([]))
  await page.goto(url)
  await live(page)
  return page
}

const live = (page: Page) => page.locator('#connection', { hasText: 'live' }).waitFor()

async function ask(page: Page, text: string): Promise<void> {
  await page.getByLabel('Prompt').fill(text)
  await page.getByLabel('Prompt').press('Enter')
}

async function answers(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('article.assistant[aria-busy="false"]').length === wanted,
    count,
  )
}
