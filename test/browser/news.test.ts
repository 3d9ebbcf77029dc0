import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { quietModel } from '../kit/quiet-model.ts'
import { ask } from './pages.ts'
import { composer, openWindow, ready, stage, useBrowser } from './stage.ts'

describe.skipIf(await missingBrowser())('mentions and news', () => {
  const browser = useBrowser()

  it('[U60, U61] a mention is offered and marked, and [U62, U63] told to a tab that nobody sees', async () => {
    const on = await stage(0, { model: quietModel })
    const [ana, bo] = await Promise.all(on.links.slice(0, 2).map(({ url }) => openWindow(browser(), url)))
    if (!ana || !bo) expect.unreachable('two links')
    await Promise.all([ready(ana), ready(bo)])
    await bo.evaluate(recordNotifications)
    const own = bo.locator('.mention.own')

    await setHidden(bo, true)
    await offered(ana)
    await composer(ana).pressSequentially('look at 1')
    await composer(ana).press('Enter')
    await expect.poll(() => bo.title()).toBe('(1) Launch week · Colloquy')
    await setHidden(bo, false)
    await expect.poll(() => bo.title()).toBe('Launch week · Colloquy')
    await own.getByText('@Bo', { exact: true }).waitFor()
    expect(await ana.locator('.mention').count()).toBe(1)
    expect(await ana.locator('.mention.own').count()).toBe(0)

    await bo.getByRole('button', { name: 'What the assistant sees for you' }).click()
    const wish = bo.getByRole('switch', { name: 'Tell me when my answer is ready' })
    await wish.click()
    await expect.poll(() => wish.getAttribute('aria-checked')).toBe('true')
    await ask(ana, '@Bo, seen at once')
    await bo.getByRole('article', { name: 'Ana asks' }).getByText('seen at once').waitFor()
    expect(await told(bo)).toEqual([])

    await setHidden(bo, true)
    await ask(ana, 'No `@Bo` and no me@bo.example')
    await ask(ana, '@bo, the keys are under the mat')
    await toldTo(bo, ['Launch week: Ana mentioned you'])
    await choose(ana, 'Some people', 'Bo')
    await ask(ana, '@Bo, the budget is gone')
    await toldTo(bo, ['Launch week: Ana mentioned you', 'Colloquy: You were mentioned'])
    await ask(bo, 'What do I wear?')
    await toldTo(bo, [
      ...['Launch week: Ana mentioned you', 'Colloquy: You were mentioned'],
      ...['Launch week: Your answer is ready'],
    ])
    await choose(bo, 'Only me')
    await ask(bo, 'A thing between us')
    await toldTo(bo, [
      ...['Launch week: Ana mentioned you', 'Colloquy: You were mentioned'],
      ...['Launch week: Your answer is ready', 'Colloquy: Your answer is ready'],
    ])
    expect(await bo.title()).toBe('(4) Launch week · Colloquy')

    await bo.evaluate(() => (Reflect.get(window, 'told') as Notification[])[0]?.onclick?.(new Event('click')))
    await setHidden(bo, false)
    await bo
      .getByRole('article', { name: 'Ana asks' })
      .and(bo.locator('.marked'))
      .getByText('the mat')
      .waitFor()
    expect(await bo.title()).toBe('Launch week · Colloquy')
  })
})

/** Picks Bo among those who are offered, by keyboard. */
async function offered(page: Page): Promise<void> {
  const field = composer(page)
  const list = page.getByRole('listbox', { name: 'Whom to mention' })
  await field.pressSequentially('@')
  await list.waitFor()
  expect(await list.getByRole('option').count()).toBe(2)
  await field.press('Escape')
  await list.waitFor({ state: 'hidden' })
  expect(await field.inputValue()).toBe('@')
  await field.press('Backspace')
  await field.pressSequentially('@')
  await list.waitFor()
  await field.press('ArrowDown')
  const chosen = list.getByRole('option', { name: 'Cy', selected: true })
  await chosen.waitFor()
  expect(await field.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'))
  await field.pressSequentially('b')
  await list.getByRole('option', { name: 'Bo', selected: true }).waitFor()
  await field.press('Enter')
  await list.waitFor({ state: 'hidden' })
  expect(await field.inputValue()).toBe('@Bo ')
}

async function choose(page: Page, way: string, name?: string): Promise<void> {
  await page.getByRole('button', { name: /^Who reads: / }).click()
  await page.getByText(way).click()
  if (name !== undefined) await page.getByRole('checkbox', { name }).check()
  await page.keyboard.press('Escape')
}

/** As the browser says it of a tab behind others. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    hidden ? 'hidden' : 'visible',
  )
}

/** Stands in for the browser's notifications: nobody has been asked yet, and whoever is says yes. */
function recordNotifications(): void {
  const all: object[] = []
  Reflect.set(window, 'told', all)
  class Recorded {
    static permission = 'default'
    static async requestPermission(): Promise<string> {
      Recorded.permission = 'granted'
      return 'granted'
    }
    readonly text: string
    readonly tag: string | undefined
    constructor(title: string, { body, tag }: NotificationOptions) {
      this.text = `${title}: ${body}`
      this.tag = tag
      all.push(this)
    }
    close(): void {}
  }
  Reflect.set(window, 'Notification', Recorded)
}

const told = (page: Page) =>
  page.evaluate(() => (Reflect.get(window, 'told') as { text: string }[]).map(({ text }) => text))

async function toldTo(page: Page, all: readonly string[]): Promise<void> {
  await expect.poll(() => told(page), { timeout: 10_000 }).toEqual(all)
}
