import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ask } from './pages.ts'
import { composer, openAs, questionsIn, queueOf, useBrowser } from './stage.ts'

describe.skipIf(await missingBrowser())('a server that is killed under open pages', () => {
  const browser = useBrowser()

  it('[U3] kill -9 in the middle of an answer: the pages say so, keep drafts, and converge by themselves', async () => {
    const server = await ServerProcess.start(await temporaryFolder(), { COLLOQUY_OFFLINE_TPS: '60' })
    const { id } = await server.json('ana', 'POST', '/sessions', { commandId: crypto.randomUUID() })
    const bo = { commandId: crypto.randomUUID(), role: 'prompter' }
    await server.json('ana', 'PUT', `/sessions/${id}/members/bo`, bo)
    const pages = await Promise.all(['ana', 'bo'].map((who) => openAs(browser(), server, who, id)))
    const [ana, other] = pages as [Page, Page]
    await ask(ana, '/write 300')
    await ask(other, 'What did she ask?')
    await other.locator('article[aria-busy="true"] .prose').waitFor()
    await composer(other).fill('half a thought')
    await server.kill()
    for (const page of pages) await page.getByText('The server does not answer').waitFor()
    await ask(ana, 'written while it was dead')
    await server.start()
    for (const page of pages) {
      await page.getByText('The server does not answer').waitFor({ state: 'hidden' })
      await page.getByText('written while it was dead').first().waitFor()
      await queueOf(page).waitFor({ state: 'hidden' })
    }
    const seen = await Promise.all(pages.map((page) => questionsIn(page, /.*(write 300|she ask|dead).*/)))
    expect(seen[0]).toHaveLength(3)
    expect(seen[1]).toEqual(seen[0])
    expect(await composer(other).inputValue()).toBe('half a thought')
    const { turns } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    expect(turns.map(({ end }: { end: string }) => end)).toEqual(['done', 'done', 'done'])
  })
})
