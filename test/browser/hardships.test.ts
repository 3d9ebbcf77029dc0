import type { Browser, Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { ask } from './pages.ts'
import { composer, openTab, openWindow, queueOf, ready, stage, useBrowser } from './stage.ts'

const HOUR_MS = 3_600_000

describe.skipIf(await missingBrowser())('where something is wrong with the browser', () => {
  const browser = useBrowser()

  it('[U84] storage that takes nothing, or is emptied, costs nobody a prompt and no page its life', async () => {
    const on = await stage(0)
    const [anas, bos] = on.links.map(({ url }) => url)
    const ana = await openBroken(browser(), anas, () => {
      const full = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
      Storage.prototype.setItem = full
      Reflect.deleteProperty(window, 'indexedDB')
      Object.defineProperty(window, 'indexedDB', { value: undefined })
    })
    // Who is signed out is answered with 401, which the console tells.
    const bo = await openWindow(browser(), bos ?? '', { quiet: true })
    await Promise.all([ana, bo].map(ready))
    await ask(ana, 'Nothing can be kept here')
    await bo.getByText('Nothing can be kept here').first().waitFor()
    await queueOf(ana).waitFor({ state: 'hidden' })
    await composer(ana).fill('half a thought')
    expect(await composer(ana).inputValue()).toBe('half a thought')

    // Emptied under an open page.
    await composer(bo).fill('not yet sent')
    await bo.evaluate(async () => {
      localStorage.clear()
      sessionStorage.clear()
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '')
    })
    await composer(bo).press('Enter')
    await ana.getByText('not yet sent').first().waitFor()
    await bo.reload()
    await bo.getByText('You are signed out').waitFor()
  })

  it('[U84] a clock that is an hour off changes when nothing happens', async () => {
    const on = await stage(0)
    for (const [at, off] of [HOUR_MS, -HOUR_MS].entries()) {
      const page = await openBroken(browser(), on.links[at]?.url, shiftClock, off)
      await ready(page)
      await ask(page, `Asked by a clock that is off by ${off}`)
      await queueOf(page).waitFor({ state: 'hidden' })
      await page.getByRole('article').last().getByText('offline model').waitFor()
      await ask(page, '/tool notes.append {"name": "plan", "text": "On Thursday."}')
      const card = page.getByRole('group', { name: /assistant wants to append/ })
      await card.getByText(/(9|10) min/).waitFor()
      await card.getByRole('button', { name: 'Deny' }).click()
      await page.getByText('Denied by').last().waitFor()
    }
  })
})

function shiftClock(off: number): void {
  const RealDate = Date
  const now = () => RealDate.now() + off
  // A date that is made of nothing is the clock's; all others are as they are.
  const construct = (_: typeof Date, given: unknown[]) =>
    Reflect.construct(RealDate, given.length === 0 ? [now()] : given)
  const get = (_: typeof Date, name: string | symbol) => (name === 'now' ? now : Reflect.get(RealDate, name))
  Reflect.set(window, 'Date', new Proxy(RealDate, { construct, get }))
}

/** A window whose page finds the browser as `before` has left it. */
async function openBroken<T>(
  browser: Browser,
  url: string | undefined,
  before: (given: T) => void,
  given?: T,
): Promise<Page> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  await context.addInitScript(before as (given: unknown) => void, given)
  return openTab(context, url ?? '')
}
