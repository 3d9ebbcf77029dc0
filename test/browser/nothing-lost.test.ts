import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { principal } from '../kit/people.ts'
import { ask } from './pages.ts'
import { composer, openWindow, questionsIn, queueOf, ready, sessionIdOf, stage, useBrowser } from './stage.ts'

describe.skipIf(await missingBrowser())('nothing that a person wrote gets lost', () => {
  const browser = useBrowser()

  const open = async (url = '') => {
    const page = await openWindow(browser(), url, { quiet: true })
    await ready(page)
    return page
  }

  it('[U13] a refused prompt comes back once, behind what was written meanwhile', async () => {
    const on = await stage(0)
    const ana = await open(on.links[0]?.url)
    const { promise: gate, resolve: refuse } = Promise.withResolvers<void>()
    await ana.route('**/prompts', async (route) => {
      await gate
      const error = { code: 'QUEUE_FULL', message: 'full' }
      await route.fulfill({ status: 429, contentType: 'application/json', body: JSON.stringify({ error }) })
    })
    await ask(ana, 'refused words')
    await composer(ana).fill('my next thought')
    refuse()
    await ana.getByText('The queue is full').waitFor()
    expect(await composer(ana).inputValue()).toBe('my next thought\n\nrefused words')
  })

  it('[U13] what is discarded is gone; what is taken back is in the composer, once', async () => {
    const on = await stage(0)
    const ana = await open(on.links[0]?.url)
    await ana.context().setOffline(true)
    await ask(ana, 'thrown away')
    await queueOf(ana).getByRole('button', { name: 'Discard' }).click()
    await queueOf(ana).waitFor({ state: 'hidden' })
    expect(await composer(ana).inputValue()).toBe('')
    await ask(ana, 'taken back')
    await queueOf(ana).getByRole('button', { name: 'Back into the composer' }).click()
    await queueOf(ana).waitFor({ state: 'hidden' })
    expect(await composer(ana).inputValue()).toBe('taken back')
  })

  it('[U13] who leaves with a prompt unsent finds it sent, and the composer empty', async () => {
    const on = await stage(0)
    const ana = await open(on.links[0]?.url)
    await ana.context().setOffline(true)
    await ask(ana, 'please only once')
    await ana.getByText('1 prompt will be sent').first().waitFor()
    await ana.getByRole('link', { name: 'New session' }).first().click()
    await ana.getByText('What should we work on').waitFor()
    // The session is left a second after its screen.
    await expect
      .poll(() => ana.evaluate(() => Object.keys(localStorage).some((key) => key.includes('/outbox/'))))
      .toBe(true)
    await ana.context().setOffline(false)
    await ana.goBack()
    await ready(ana)
    await ana.getByRole('article', { name: 'Ana asks' }).getByText('please only once').waitFor()
    await queueOf(ana).waitFor({ state: 'hidden' })
    expect(await composer(ana).inputValue()).toBe('')
    const session = await on.server.sessions.open(sessionIdOf(on))
    const { messages } = await session.export(principal('ana'))
    const texts = messages.flatMap(({ parts }) => parts.map((part) => part.type === 'text' && part.text))
    expect(texts.filter((text) => text === 'please only once')).toHaveLength(1)
  })

  it('[U14] a change of a prompt that starts to run meanwhile is in the composer', async () => {
    const on = await stage(40)
    const [ana, bo] = [await open(on.links[0]?.url), await open(on.links[1]?.url)]
    await ask(ana, '/write 400')
    await bo.getByText('Answering Ana').waitFor()
    await ask(bo, 'queued by Bo')
    await queueOf(bo).getByRole('button', { name: 'Edit' }).click()
    await bo.keyboard.press('End')
    await bo.keyboard.type(', with care')
    await ana.getByRole('button', { name: 'Stop' }).click()
    await bo.getByText('Your change is in the composer').waitFor()
    expect(await composer(bo).inputValue()).toBe('queued by Bo, with care')
    await expect.poll(() => bo.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  })

  it('[U15] a first prompt that is refused is in the composer of the session that it began', async () => {
    const on = await stage(0)
    const ana = await open(on.links[0]?.url)
    await ana.getByRole('link', { name: 'New session' }).first().click()
    const text = 'x'.repeat(70_000)
    await ana.getByRole('textbox', { name: 'First prompt' }).fill(text)
    await ana.getByRole('button', { name: 'Start session' }).click()
    await ana.getByText('That is too long').waitFor()
    await expect.poll(async () => (await composer(ana).inputValue()).length).toBe(text.length)
  })

  it('[U22] two people type and send while the server is gone for a minute: all arrives, each once, in one order', async () => {
    const on = await stage(0)
    const pages = [await open(on.links[0]?.url), await open(on.links[1]?.url)]
    const names = ['Ana', 'Bo']
    await on.restart(async () => {
      for (const page of pages) await page.clock.install()
      for (let second = 0; second < 60; second += 10) {
        for (const [p, page] of pages.entries()) {
          await ask(page, `Second ${second} of ${names[p]}`)
          await page.clock.runFor(10_000)
        }
      }
      for (const page of pages) await page.getByText('6 prompts will be sent').first().waitFor()
      for (const page of pages) await composer(page).fill('and half a thought')
    })
    for (const page of pages) await page.clock.resume()
    const wanted = names.flatMap((name) => [0, 10, 20, 30, 40, 50].map((at) => `Second ${at} of ${name}`))
    const seen: string[][] = []
    for (const page of pages) {
      await page.getByText('The server does not answer').waitFor({ state: 'hidden' })
      await expect
        .poll(async () => (await questionsIn(page, /Second \d+ of \w+/)).length, { timeout: 30_000 })
        .toBe(wanted.length)
      await queueOf(page).waitFor({ state: 'hidden' })
      seen.push(await questionsIn(page, /Second \d+ of \w+/))
      expect(await composer(page).inputValue()).toBe('and half a thought')
    }
    expect(seen[0]?.toSorted()).toEqual(wanted.toSorted())
    expect(seen[1]).toEqual(seen[0])
  })
})
