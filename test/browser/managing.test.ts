import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { quietModel } from '../kit/quiet-model.ts'
import { ask } from './pages.ts'
import { composer, openWindow, ready, stage, useBrowser } from './stage.ts'

const settings = (page: Page) => page.getByRole('dialog', { name: 'Session settings' })
const tab = (page: Page, name: string) => settings(page).getByRole('tab', { name }).click()
const roleOf = (page: Page, name: string) => settings(page).getByRole('combobox', { name: `Role of ${name}` })

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More of this session' }).click()
  await page.getByRole('button', { name: 'Session settings' }).click()
  await settings(page).getByRole('tab', { name: 'General' }).waitFor()
}

/** The text of the file that a click has the browser save. */
async function exported(page: Page, format: 'Markdown' | 'JSON'): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    settings(page)
      .getByRole('button', { name: `Download ${format}` })
      .click(),
  ])
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') }
}

describe.skipIf(await missingBrowser())('managing', () => {
  const browser = useBrowser()

  it('[U66–U70] a session: title, roles, invites, export and history, by three people', async () => {
    const on = await stage(0, { model: quietModel })
    const pages = await Promise.all(on.links.map(({ url }) => openWindow(browser(), url)))
    const [ana, bo, cy] = pages
    if (!ana || !bo || !cy) expect.unreachable('three links')
    await Promise.all(pages.map(ready))

    await ask(bo, 'Which colour do we take?')
    await bo.getByRole('button', { name: /^Who reads: / }).click()
    await bo.getByText('Only me').click()
    await bo.keyboard.press('Escape')
    await ask(bo, 'What do I say to Ana about the budget?')
    await bo.getByRole('article', { name: 'Bo asks, only you read this' }).getByText('budget').waitFor()

    await openSettings(ana)
    await settings(ana).getByRole('textbox', { name: 'Title' }).fill('Harbour days')
    await settings(ana).getByRole('button', { name: 'Rename' }).click()
    for (const page of pages) await page.getByRole('heading', { name: 'Harbour days', level: 1 }).waitFor()
    expect(await settings(ana).getByRole('button', { name: 'Leave…' }).isDisabled()).toBe(true)

    await tab(ana, 'Members')
    await settings(ana).getByText('The only owner').waitFor()
    await roleOf(ana, 'Cy').selectOption('viewer')
    await ana
      .getByRole('dialog', { name: 'Make Cy a viewer?' })
      .getByRole('button', { name: 'Make viewer' })
      .click()
    await cy.getByText('You are reading along').waitFor()
    expect(await composer(cy).count()).toBe(0)
    await roleOf(ana, 'Bo').selectOption('moderator')
    await openSettings(bo)
    await settings(bo).getByRole('button', { name: 'Rename' }).waitFor()
    // Who may not is told who may.
    await openSettings(cy)
    await settings(cy).getByText('An owner or a moderator can change it').waitFor()
    await tab(cy, 'Tools')
    await settings(cy).getByText('Owners say which').waitFor()
    expect(await settings(cy).getByRole('switch').count()).toBe(0)

    // What is private to Bo is in his file alone.
    await tab(bo, 'Export')
    await tab(ana, 'Export')
    const [bos, anas] = [await exported(bo, 'Markdown'), await exported(ana, 'JSON')]
    expect([bos.name, anas.name]).toEqual(['Harbour-days.md', 'Harbour-days.json'])
    for (const { text } of [bos, anas]) expect(text).toContain('Which colour do we take?')
    expect(bos.text).toContain('about the budget')
    expect(anas.text).not.toContain('budget')
    expect(JSON.parse(anas.text)).toMatchObject({ session: { title: 'Harbour days' } })

    await tab(ana, 'History')
    await settings(ana).getByText('Ana made Bo a moderator.').waitFor()
    await settings(ana).getByText('Ana renamed the session.').waitFor()
    expect(await settings(ana).innerText()).not.toMatch(/budget|colour/)
    await tab(ana, 'Tools')
    await settings(ana)
      .getByRole('switch', { name: /web.fetch/ })
      .click()
    await cy.getByText('Not here').waitFor()
    await ana.keyboard.press('Escape')

    await ana.getByRole('button', { name: 'Share', exact: true }).click()
    await ana.getByText('Nobody comes in who is not in already').waitFor()
    await ana.getByRole('button', { name: 'Make an invite link' }).click()
    const link = await ana.getByRole('textbox', { name: 'Invite link' }).inputValue()
    await ana.getByRole('img', { name: 'QR code of the invite link' }).waitFor()
    await ana.getByRole('button', { name: /^Revoke the invite as prompter/ }).click()
    await ana
      .getByRole('dialog', { name: 'Revoke this invite?' })
      .getByRole('button', { name: 'Revoke' })
      .click()
    await ana.getByText('Nobody comes in who is not in already').waitFor()
    // Its link is not there to be given away in vain.
    expect(await ana.getByRole('textbox', { name: 'Invite link' }).count()).toBe(0)
    const late = await openWindow(browser(), link, { quiet: true })
    await late.getByText(/^This invite/).waitFor()
    await ana.keyboard.press('Escape')

    await openSettings(ana)
    await tab(ana, 'Members')
    await settings(ana).getByRole('button', { name: 'Take Cy out' }).click()
    await ana.getByRole('dialog', { name: 'Take Cy out?' }).getByRole('button', { name: 'Take out' }).click()
    await cy.getByText('You are no longer in this session').waitFor()
    await settings(ana).getByText('2 members').waitFor()
  })

  it('[U71] [U73] the workspace: an admin takes a tool away, and open pages follow; to others there is no such page', async () => {
    const on = await stage(0, { model: quietModel })
    const [ana, bo] = await Promise.all(on.links.slice(0, 2).map(({ url }) => openWindow(browser(), url)))
    if (!ana || !bo) expect.unreachable('two links')
    await Promise.all([ready(ana), ready(bo)])
    expect(await bo.getByRole('link', { name: 'Admin' }).count()).toBe(0)
    const offered = bo.getByRole('dialog', { name: /tools that answers may call/ })
    await bo.getByRole('button', { name: /tools that answers may call/ }).click()
    await offered.getByText('web.fetch', { exact: true }).waitFor()
    await bo.keyboard.press('Escape')

    await ana.keyboard.press('Control+k')
    await ana.getByRole('dialog', { name: 'Search' }).getByRole('option', { name: 'Admin' }).click()
    await ana.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Tools' }).click()
    await ana.getByRole('switch', { name: /web.fetch/ }).click()
    await ana.getByText('Some are taken away').waitFor()
    await bo.getByRole('button', { name: /tools that answers may call/ }).click()
    await offered.getByText('notes.append', { exact: true }).waitFor()
    await offered.getByText('web.fetch', { exact: true }).waitFor({ state: 'detached' })

    await bo.goto(new URL('/admin', on.server.url).href)
    await bo.getByText('There is no such page').waitFor()
  })
})
