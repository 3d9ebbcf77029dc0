import type { Browser, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { ask, PAGES } from './pages.ts'
import { openTab, stage, useBrowser } from './stage.ts'

/** Answers that the sample session begins with for everyone, and those that only Ana reads. */
const SAMPLE = 3
const ASIDES = 1

describe.skipIf(await missingBrowser())('the example page', () => {
  const browser = useBrowser()

  it('[E1] two windows on two links prompt at once, and each sees both answers stream', async () => {
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
  })

  it('[E2] the token leaves the address and stays in its own tab', async () => {
    const [ana, bo] = await twoTabs(browser())
    expect(ana.url()).not.toContain('token')
    const token = (page: Page) => page.evaluate(() => sessionStorage.getItem('token'))
    expect(await token(ana)).not.toBe(await token(bo))
    await ana.reload()
    await live(ana)
  })

  it('[E3] stop ends a running answer for everybody', async () => {
    const [ana, bo] = await twoTabs(browser())
    await ask(ana, '/write 2000')
    await bo.getByText('Answering Ana').waitFor()
    await ana.getByRole('button', { name: 'Stop' }).click()
    await bo.getByText('STOPPED_BY_AUTHOR').waitFor()
  })
})

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
