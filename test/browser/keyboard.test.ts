import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { openWindow, queueOf, ready, stage, useBrowser } from './stage.ts'

/** Further than any control is from another. */
const MOST_TABS = 120

describe.skipIf(await missingBrowser())('by keyboard alone', () => {
  const browser = useBrowser()

  it('[U83] a whole session: asked, chosen who reads, queued, changed, shared, invited to and left, without a pointer', async () => {
    const on = await stage(0, {}, { COLLOQUY_OFFLINE_TPS: '60' })
    const [ana, bo] = await Promise.all(on.links.slice(0, 2).map(({ url }) => openWindow(browser(), url)))
    if (!ana || !bo) throw new Error('two links were expected')
    await Promise.all([ana, bo].map(ready))
    const { keyboard } = ana

    // Writing begins at once.
    await expect.poll(() => focused(ana)).toBe('Prompt')
    await keyboard.type('First line')
    await keyboard.press('Shift+Enter')
    await keyboard.type('second line')
    await keyboard.press('Enter')
    await bo.getByText('second line').first().waitFor()
    await queueOf(ana).waitFor({ state: 'hidden' })

    // Who reads, and back to the words.
    await tabTo(ana, /^Who reads/)
    await keyboard.press('Enter')
    await expect.poll(() => focused(ana)).toMatch(/^Everyone here/)
    await keyboard.press('ArrowDown')
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    await expect.poll(() => focused(ana)).toBe('Prompt')
    await keyboard.type('For my eyes')
    await keyboard.press('Enter')
    const own = ana.getByRole('article', { name: 'Ana asks, only you read this' }).last()
    await own.getByText('For my eyes').waitFor()
    await queueOf(ana).waitFor({ state: 'hidden' })

    // Sharing it: the message's actions come with focus.
    await own.getByRole('button', { name: 'Share with others' }).waitFor({ state: 'attached' })
    await tabTo(ana, 'Share with others', { back: true, within: 'Ana asks, only you read this' })
    await keyboard.press('Enter')
    await ana.getByRole('dialog', { name: /^Share/ }).waitFor()
    await tabTo(ana, /Everyone here, now and later/)
    await keyboard.press('Space')
    await tabTo(ana, 'Share')
    await keyboard.press('Enter')
    await bo.getByText('For my eyes').waitFor()
    await expect.poll(() => focused(ana)).toBe('Share with others')

    // A long answer, one that waits behind it, changed and taken out of the queue again, and Esc to stop.
    await tabTo(ana, /^Who reads/)
    await keyboard.press('Enter')
    await ana.getByRole('radio', { name: /Everyone here/ }).waitFor()
    await keyboard.press('ArrowUp')
    await keyboard.press('ArrowUp')
    await keyboard.press('Enter')
    await expect.poll(() => focused(ana)).toBe('Prompt')
    await keyboard.type('/write 4000')
    await keyboard.press('Enter')
    await ana.getByText('Answering you').first().waitFor()
    await keyboard.type('Waits its turn')
    await keyboard.press('Enter')
    await queueOf(ana).getByText('Waits its turn').waitFor()
    await tabTo(ana, /^Edit/, { back: true })
    await keyboard.press('Enter')
    await ana.getByRole('textbox', { name: 'Edit the prompt' }).waitFor()
    await keyboard.press('Control+A')
    await keyboard.type('Was changed')
    await keyboard.press('Enter')
    await queueOf(ana).getByText('Was changed').waitFor()
    await tabTo(ana, /^Withdraw/)
    await keyboard.press('Enter')
    await queueOf(ana).getByText('Was changed').waitFor({ state: 'detached' })
    await tabTo(ana, 'Prompt')
    await keyboard.press('Escape')
    await ana.getByText('Stopped').last().waitFor()

    // An invite, and focus back on what opened it.
    await tabTo(ana, 'Share', { back: true })
    await keyboard.press('Enter')
    await ana.getByRole('dialog', { name: /^Share/ }).waitFor()
    await tabTo(ana, 'Make an invite link')
    await keyboard.press('Enter')
    await ana.getByRole('textbox', { name: 'Invite link' }).waitFor()
    await keyboard.press('Escape')
    await expect.poll(() => focused(ana)).toBe('Share')

    // Away and back again.
    await tabTo(ana, 'New session', { back: true })
    await keyboard.press('Enter')
    await expect.poll(() => focused(ana)).toBe('First prompt')
    await keyboard.type('A session of its own')
    await keyboard.press('Enter')
    await ana.getByRole('heading', { level: 1, name: 'A session of its own' }).waitFor()
    await expect.poll(() => focused(ana)).toBe('Prompt')
    await tabTo(ana, /^Launch week/, { back: true })
    await keyboard.press('Enter')
    await ana.getByText('Stopped').last().waitFor()
  })
})

/** The accessible name of what has focus, as far as these controls have it. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement)) return ''
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null
    return (element.getAttribute('aria-label') ?? label ?? element.textContent ?? '').trim()
  })
}

/** Presses Tab until something with this name has focus. */
async function tabTo(
  page: Page,
  name: string | RegExp,
  { back = false, within }: { back?: boolean; within?: string } = {},
): Promise<void> {
  const passed: string[] = []
  for (let i = 0; i < MOST_TABS; i++) {
    const now = await focused(page)
    const place = within === undefined || (await isWithin(page, within))
    if (place && (typeof name === 'string' ? now === name : name.test(now))) return
    passed.push(now.slice(0, 40))
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
  }
  throw new Error(`Tab does not lead to ${name}; it passed: ${passed.join(' | ')}`)
}

function isWithin(page: Page, label: string): Promise<boolean> {
  return page.evaluate(
    (wanted) => document.activeElement?.closest('article')?.getAttribute('aria-label') === wanted,
    label,
  )
}
