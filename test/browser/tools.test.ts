import type { Browser, Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ToolServer } from '../kit/tool-server.ts'
import { ask } from './pages.ts'
import { composer, openAs, queueOf, useBrowser } from './stage.ts'

const SOON = { timeout: 20_000 }

describe.skipIf(await missingBrowser())('tools in the workspace', () => {
  const browser = useBrowser()

  it('[U32] a call that its author must allow: everybody sees what it would do, the author alone may say, and says it once', async () => {
    const server = await ServerProcess.start(await temporaryFolder(), { COLLOQUY_OFFLINE_TPS: '0' })
    const [ana, bo] = await openBoth(browser(), server)
    await ask(ana, '/tool notes.append {"name": "plan", "text": "We sail on Friday."}')
    const card = (page: Page) => page.getByRole('group', { name: /assistant wants to append to the note/ })
    for (const page of [ana, bo]) await card(page).getByText('We sail on Friday.').waitFor()
    expect(await card(bo).innerText()).toContain('Waits for ana')
    expect(
      await card(bo)
        .getByRole('button', { name: /Allow|Deny|Edit/ })
        .count(),
    ).toBe(0)

    await card(ana).getByRole('button', { name: 'Edit' }).click()
    const field = ana.getByRole('textbox', { name: 'Arguments, as JSON' })
    await field.fill('{"name": "plan"}')
    await ana.getByRole('button', { name: 'Propose change' }).click()
    await ana.getByText(/do not fit the schema/).waitFor()
    await field.fill('{"name": "plan", "text": "We sail on Monday."}')
    await ana.getByRole('button', { name: 'Propose change' }).click()
    for (const page of [ana, bo]) await card(page).getByText('We sail on Monday.').waitFor()

    await card(ana).getByRole('button', { name: 'Allow once' }).click()
    for (const page of [ana, bo]) await card(page).waitFor({ state: 'hidden' })
    await expect.poll(() => composer(ana).evaluate((field) => field === document.activeElement)).toBe(true)
    await ask(bo, '/tool notes.read {"name": "plan"}')
    for (const page of [ana, bo])
      await page
        .getByText(/We sail on Monday/)
        .last()
        .waitFor()
    expect(await ana.getByText('We sail on Friday').count()).toBeLessThan(3)
  })

  it('[U33] kill -9 while a tool runs: after the restart the pages say what may have happened, what was sent again, and go on', async () => {
    const tools = await ToolServer.start()
    onTestFinished(() => tools.close())
    const server = await ServerProcess.start(await temporaryFolder(), {
      ...{ COLLOQUY_OFFLINE_TPS: '0', COLLOQUY_TOOLS: tools.setting() },
    })
    const pages = await openBoth(browser(), server)
    for (const tool of ['unsafe.add', 'keyed.add']) {
      const release = tools.hold(tool)
      await ask(pages[0], `/tool ${tool} {"id": "a"}`)
      await expect.poll(() => tools.requests(tool).length, SOON).toBe(1)
      for (const page of pages) await call(page, tool, 'running').waitFor()
      await server.kill()
      release()
      await server.start()
    }
    for (const page of pages) {
      await page
        .getByText('The server stopped while this ran. It may have happened; it was not run again.')
        .waitFor(SOON)
      await call(page, 'keyed.add', 'done').click(SOON)
      await page.getByText('It was sent again with the same key after an interruption.').waitFor()
      await queueOf(page).waitFor({ state: 'hidden' })
    }
    expect(tools.requests('unsafe.add')).toHaveLength(1)
    expect([tools.requests('keyed.add').length, tools.effects('keyed.add').length]).toEqual([2, 1])
  })

  it('[U34] a turn that waits for consent for long leaves the queue to others, and can be stopped', async () => {
    const server = await ServerProcess.start(await temporaryFolder(), { COLLOQUY_OFFLINE_TPS: '0' })
    const [ana, bo] = await openBoth(browser(), server)
    await ask(ana, '/tool notes.append {"name": "plan", "text": "Later."}')
    await bo.getByText('Later.').first().waitFor()
    await ask(bo, '/write 12')
    await bo
      .getByRole('article', { name: /assistant answers bo|answer/i })
      .last()
      .getByText('words')
      .waitFor(SOON)
    await queueOf(ana).getByRole('button', { name: /Stop/ }).click()
    for (const page of [ana, bo]) {
      await page.getByText('The answer was stopped before this ran. It was not run.').waitFor()
    }
  })
})

const call = (page: Page, tool: string, phase: string) =>
  page.getByRole('button', { name: new RegExp(`${tool.replace('.', '\\.')} as ana .*${phase}`) })

async function openBoth(browser: Browser, server: ServerProcess): Promise<[Page, Page]> {
  const { id } = await server.json('ana', 'POST', '/sessions', { commandId: crypto.randomUUID() })
  const bo = { commandId: crypto.randomUUID(), role: 'prompter' }
  await server.json('ana', 'PUT', `/sessions/${id}/members/bo`, bo)
  return [await openAs(browser, server, 'ana', id), await openAs(browser, server, 'bo', id)]
}
