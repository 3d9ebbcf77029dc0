import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { quietModel } from '../kit/quiet-model.ts'
import { ask } from './pages.ts'
import { composer, openWindow, ready, stage, useBrowser } from './stage.ts'

const palette = (page: Page) => page.getByRole('dialog', { name: 'Search' })
const results = (page: Page) => palette(page).getByRole('option')

describe.skipIf(await missingBrowser())('the palette', () => {
  const browser = useBrowser()

  it('[U43] finds what was said, of what one may read alone, and [U44] opens it, by keyboard', async () => {
    const on = await stage(0, { model: quietModel })
    const [ana, bo] = await Promise.all(on.links.slice(0, 2).map(({ url }) => openWindow(browser(), url)))
    if (!ana || !bo) expect.unreachable('two links')
    await Promise.all([ready(ana), ready(bo)])
    await ask(ana, 'Where does the Héron nest?')
    await ana.getByRole('button', { name: /^Who reads: / }).click()
    await ana.getByText('Only me').click()
    await ana.keyboard.press('Escape')
    await ask(ana, 'What may the heron cost? 40,000')
    await ana.getByRole('article', { name: 'Ana asks, only you read this' }).getByText('40,000').waitFor()
    // Far enough for what was said before to leave the page.
    for (let n = 1; n <= 4; n++) await ask(bo, `Line after line ${'\n'.repeat(60)}of ${n}`)
    await ask(bo, 'The last of all')
    for (const page of [ana, bo])
      await page.getByRole('article', { name: 'Bo asks' }).getByText('The last of all').waitFor()
    await expect.poll(() => isInView(heron(bo))).toBe(false)

    await open(bo, 'heron NEST')
    await results(bo).getByText('Where does the Héron nest?').waitFor()
    expect(await results(bo).locator('mark').allInnerTexts()).toEqual(['Héron', 'nest'])
    await bo.keyboard.press('Enter')
    await inView(heron(bo))
    await open(bo, 'heron cost')
    await palette(bo)
      .getByText(/^No message that you may read/)
      .waitFor()
    expect(await results(bo).count()).toBe(0)

    // From another place, and one further down than the first.
    await ana.goto(new URL('/', on.server.url).href)
    await ana.getByText('What should we work on').waitFor()
    await open(ana, 'heron')
    await results(ana).getByText('Only you').first().waitFor()
    const found = await results(ana).allInnerTexts()
    const at = found.findIndex((text) => text.includes('nest'))
    expect(found.some((text) => text.includes('40,000'))).toBe(true)
    for (let n = 0; n < at; n++) await ana.keyboard.press('ArrowDown')
    await ana.keyboard.press('Enter')
    await ready(ana)
    await inView(heron(ana))
  })

  it('[U45] gives focus back when it is left, and [U46] runs what is on the screen, in one session or none', async () => {
    const on = await stage(0)
    const page = await openWindow(browser(), on.links[0]?.url ?? '')
    await ready(page)
    await composer(page).fill('half a thought')
    await open(page, 'nothing of the kind')
    await page.keyboard.press('Escape')
    await palette(page).waitFor({ state: 'hidden' })
    await page.keyboard.type(' more')
    expect(await composer(page).inputValue()).toBe('half a thought more')

    await open(page, 'invite')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Share this session' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.type('!')
    expect(await composer(page).inputValue()).toBe('half a thought more!')

    await open(page, 'dark')
    await page.keyboard.press('Enter')
    await page.locator('html[data-theme=dark]').waitFor()
    await open(page, 'new session')
    await page.keyboard.press('Enter')
    await page.getByText('What should we work on').waitFor()
    await page.getByRole('button', { name: 'Search' }).click()
    await results(page).first().waitFor()
    expect(await results(page).allInnerTexts()).not.toContain('Share this session')
  })
})

const heron = (page: Page) =>
  page.getByRole('article', { name: 'Ana asks' }).getByText('Where does the Héron nest?')

async function open(page: Page, query: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await palette(page).getByRole('combobox').waitFor()
  await page.keyboard.type(query)
}

async function inView(what: Locator): Promise<void> {
  await expect.poll(() => isInView(what), { timeout: 10_000 }).toBe(true)
}

async function isInView(what: Locator): Promise<boolean> {
  const box = (await what.count()) > 0 ? await what.boundingBox() : null
  const height = what.page().viewportSize()?.height ?? 0
  return box !== null && box.y >= 0 && box.y + box.height <= height
}
