import { LLMock } from '@copilotkit/aimock'
import type { Browser, Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../server/clock.ts'
import { modelAt, type Wire } from '../contract/model-wire.ts'
import { missingBrowser } from '../kit/browser.ts'
import { principal } from '../kit/people.ts'
import { ask } from './pages.ts'
import {
  openTab,
  openWindow,
  questionsIn,
  queueOf,
  ready,
  type Stage,
  sessionIdOf,
  stage,
  useBrowser,
} from './stage.ts'

const PEOPLE = ['Ana', 'Bo', 'Cy']
const EACH = 10
/** Turns that the sample session begins with, the one of Ana's own included. */
const SAMPLE = 4
const POLL = { timeout: 30_000 }

describe.skipIf(await missingBrowser())('the workspace', () => {
  const browser = useBrowser()

  it('[U1] three people submit ten prompts each at once: 30 answers on all three screens in one order, nothing jumps', async () => {
    const on = await stage(0)
    const pages = await Promise.all(
      on.links.map((link) => openWindow(browser(), link.url, { viewport: WIDE })),
    )
    await Promise.all(pages.map(ready))
    await Promise.all(pages.map(watchShifts))
    await Promise.all(pages.map((page, p) => askMany(page, PEOPLE[p] ?? '')))
    await allEnded(on)
    const seen = await Promise.all(pages.map(questionsOf))
    const all = PEOPLE.flatMap((who) => Array.from({ length: EACH }, (_, n) => `Question ${n} of ${who}`))
    expect(seen[0]?.toSorted()).toEqual(all.toSorted())
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
    for (const page of pages) expect(await shifted(page)).toBeLessThan(0.1)
  })

  it.each<Wire>(['responses', 'anthropic'])(
    '[U2] the same through a provider that speaks %s',
    async (wire) => {
      const mock = new LLMock({ port: 0, chunkSize: 12 })
      mock.onMessage('Question', { content: 'A *short* answer, from a provider on the wire.' })
      await mock.start()
      onTestFinished(() => mock.stop())
      const on = await stage(0, { model: modelAt(wire, mock.url, systemClock).port })
      const pages = await Promise.all(
        on.links.map((link) => openWindow(browser(), link.url, { viewport: WIDE })),
      )
      await Promise.all(pages.map(ready))
      await Promise.all(pages.map((page, p) => askMany(page, PEOPLE[p] ?? '')))
      await allEnded(on)
      const seen = await Promise.all(pages.map(questionsOf))
      expect(new Set(seen[0]).size).toBe(30)
      expect(seen[1]).toEqual(seen[0])
      expect(seen[2]).toEqual(seen[0])
      expect(await pages[0]?.locator('article em').first().textContent()).toBe('short')
    },
  )

  it('[U3] the server goes and comes back under open pages: they say so, keep drafts, and go on by themselves', async () => {
    const on = await stage(60)
    const [ana, bo] = await two(browser(), on.links, true)
    await ask(ana, '/write 400')
    await bo.getByText('Answering Ana').waitFor()
    const draft = 'half a thought that must not get lost'
    await bo.getByRole('textbox', { name: 'Prompt' }).fill(draft)
    await on.restart(async () => {
      await ana.getByText('The server does not answer').waitFor()
      await ask(ana, 'written while the server was away')
      await ana.getByText('1 prompt will be sent').first().waitFor()
    })
    for (const page of [ana, bo]) {
      await page.getByText('The server does not answer').waitFor({ state: 'hidden' })
      await page.getByText('written while the server was away').first().waitFor()
    }
    expect(await bo.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe(draft)
    await ana.getByRole('button', { name: 'Stop' }).click()
    await bo.getByText('Answering Ana').waitFor({ state: 'hidden' })
  })

  it('[U4] two accounts in one browser stay two people, each in its own tab', async () => {
    const on = await stage(0)
    const context = await browser().newContext()
    onTestFinished(() => context.close())
    const [first, second] = on.links
    const ana = await openTab(context, first?.url ?? '')
    const bo = await openTab(context, second?.url ?? '')
    await Promise.all([ready(ana), ready(bo)])
    await ask(bo, 'who am I?')
    await ana.getByRole('article', { name: 'Bo asks' }).last().getByText('who am I?').waitFor()
    await ana.reload()
    await ready(ana)
    await ana.getByText('as Ana').waitFor()
    expect(ana.url()).not.toContain('token')
  })

  it('[U5] somebody joins by an invite, knowing what it is before; a spent, a wrong and a removed one are told kindly', async () => {
    const on = await stage(0)
    const [ana] = await two(browser(), on.links)
    const { origin } = new URL(on.server.url)
    const sessionId = new URL(ana.url()).pathname.split('/').at(-1)
    const token = await ana.evaluate(() =>
      Object.values(sessionStorage).find((value) => value.split('.').length === 3),
    )
    const invite = await fetch(`${origin}/api/v1/sessions/${sessionId}/invites`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ commandId: crypto.randomUUID(), role: 'prompter', uses: 1, expiresIn: 60_000 }),
    })
    const { url } = (await invite.json()) as { url: string }
    const dee = await openWindow(browser(), url, { quiet: true })
    await dee.getByText('Launch week').waitFor()
    await dee.getByText('Ana').first().waitFor()
    await dee.getByRole('textbox').fill('Dee')
    await dee.getByRole('button', { name: /join/i }).click()
    await ready(dee)
    await ask(dee, 'hello from Dee')
    await ana.getByRole('article', { name: 'Dee asks' }).getByText('hello from Dee').waitFor()

    const late = await openWindow(browser(), url, { quiet: true })
    await late
      .getByText(/used up|has been used|no longer/i)
      .first()
      .waitFor()
    const wrong = await openWindow(browser(), `${origin}/#session=${sessionId}&invite=wrong`, { quiet: true })
    await wrong.getByRole('button', { name: 'To Colloquy' }).waitFor()
    expect(await wrong.getByRole('heading').first().textContent()).toMatch(/invite/i)
  })

  it('[U8] who is removed while the page is open is told so, and sees nothing of what comes later', async () => {
    const on = await stage(0)
    const [ana, bo] = await two(browser(), on.links, true)
    const sessionId = new URL(ana.url()).pathname.split('/').at(-1) ?? ''
    const session = await on.server.sessions.open(sessionId)
    await session.execute<'member.remove'>(principal('ana'), crypto.randomUUID(), {
      type: 'member.remove',
      userId: 'bo',
    })
    await ask(ana, 'said without Bo')
    await ana.getByText('said without Bo').first().waitFor()
    await bo
      .getByText(/no longer/i)
      .first()
      .waitFor()
    expect(await bo.getByText('said without Bo').count()).toBe(0)
    expect(await bo.getByRole('textbox', { name: 'Prompt' }).count()).toBe(0)
  })

  it('[U10] two people write one prompt together, each seeing the other’s cursor, and it is sent once', async () => {
    const on = await stage(0)
    const [ana, bo] = await two(browser(), on.links)
    await ana.getByRole('button', { name: 'Write together' }).click()
    const anas = ana.getByRole('textbox', { name: 'Shared draft' })
    await anas.pressSequentially('Our question')
    await bo.getByRole('button', { name: 'Write along' }).click()
    const bos = bo.getByRole('textbox', { name: 'Shared draft' })
    await bos.getByText('Our question').waitFor()
    await bos.press('Control+End')
    await bos.pressSequentially(', by two')
    await anas.getByText('Our question, by two').waitFor()
    await anas.getByText('Bo').waitFor()
    await bos.press('Control+Enter')
    await ana.getByRole('article', { name: 'Bo asks' }).getByText('Our question, by two').waitFor()
    await bo.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
    expect(await ana.getByRole('article', { name: /asks$/ }).filter({ hasText: 'by two' }).count()).toBe(1)
  })

  it('[U11] what waits is edited, reordered and withdrawn from the keyboard', async () => {
    const on = await stage(20)
    const [ana, bo] = await two(browser(), on.links)
    await ask(bo, '/write 300')
    for (const text of ['first', 'second', 'third']) await ask(ana, text)
    const rows = bo.getByRole('region', { name: 'Queue' }).getByRole('listitem')
    await expect.poll(() => rows.count(), POLL).toBe(3)
    const mine = ana.getByRole('region', { name: 'Queue' }).getByRole('listitem')
    await mine
      .nth(2)
      .getByRole('button', { name: /withdraw/i })
      .focus()
    await ana.keyboard.press('Enter')
    await expect.poll(() => rows.count(), POLL).toBe(2)
    await mine.nth(0).getByRole('button', { name: /edit/i }).focus()
    await ana.keyboard.press('Enter')
    await ana.keyboard.press('Control+A')
    await ana.keyboard.type('first, mended')
    await ana.keyboard.press('Enter')
    await rows.filter({ hasText: 'first, mended' }).waitFor()
    await mine
      .nth(0)
      .getByRole('button', { name: /move|order/i })
      .first()
      .focus()
    await ana.keyboard.press('ArrowDown')
    await expect.poll(async () => (await rows.nth(1).innerText()).includes('first, mended'), POLL).toBe(true)
    await bo.getByRole('button', { name: 'Stop' }).click()
  })

  it('[U6] [U76] [U78] hostile text from the model runs nothing and fetches nothing from elsewhere', async () => {
    const on = await stage(0, { model: says(HOSTILE) })
    const foreign: string[] = []
    const [ana] = await two(browser(), on.links)
    ana.on('request', (request) => {
      if (new URL(request.url()).origin !== on.server.url) foreign.push(request.url())
    })
    await ask(ana, 'go')
    await ana.getByText('the end of it').waitFor()
    await ana.getByRole('button', { name: 'Show all 1,000 rows' }).waitFor()
    // Its code has colours: there is a worker, which the page's policy allows.
    await ana.locator('article pre span[style]').first().waitFor()
    const found = await ana.evaluate(() => ({
      ran: Reflect.get(window, 'ran') as unknown,
      elements: document.querySelectorAll(
        'article :is(script, img, iframe, svg[onload], form, style, object)',
      ).length,
      links: [...document.querySelectorAll('article a')].map((a) => (a as HTMLAnchorElement).protocol),
    }))
    expect(found.ran).toBeUndefined()
    expect(found.elements).toBe(0)
    expect(found.links.every((protocol) => ['http:', 'https:', 'mailto:'].includes(protocol))).toBe(true)
    expect(foreign).toEqual([])
  })

  it('[U7] a reader who has scrolled up stays where they are while answers come', async () => {
    const on = await stage(200)
    const [ana, bo] = await two(browser(), on.links)
    await ask(ana, '/write 600')
    await ana.getByRole('region', { name: 'Queue' }).waitFor()
    await ana.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
    const transcript = ana.getByRole('main', { name: 'Transcript' })
    await transcript.evaluate((element) => element.scrollTo(0, 300))
    await ana.getByRole('button', { name: 'Latest' }).waitFor()
    const before = await transcript.evaluate((element) => element.scrollTop)
    await ask(bo, '/write 200')
    await bo.getByRole('region', { name: 'Queue' }).waitFor()
    await bo.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
    expect(await transcript.evaluate((element) => element.scrollTop)).toBe(before)
  })
})

const WIDE = { width: 1240, height: 820 }

const HOSTILE = [
  '<script>window.ran = 1</script><img src=x onerror="window.ran=1"> <iframe src="https://evil.example"></iframe>',
  '![pixel](https://evil.example/p.png) ![ref][r] [click](javascript:window.ran=1) [data](data:text/html,<script>1</script>)',
  '[a real link](https://example.org/) <a href="javascript:window.ran=1">x</a> <svg onload="window.ran=1"></svg>',
  '[r]: https://evil.example/ref.png',
  'unbalanced `` ``` ` fences \u202e\u200b and ** stars',
  '```html\n<script>window.ran = 1</script>\n```',
  '>'.repeat(10_000),
  '- '.repeat(10_000),
  '*'.repeat(10_000),
  `|${' a |'.repeat(20)}\n|${' - |'.repeat(20)}${`\n|${' cell |'.repeat(20)}`.repeat(1_000)}`,
  'the end of it',
].join('\n\n')

function says(text: string) {
  return {
    defaultModel: 'says',
    models: ['says'],
    async *stream() {
      for (const piece of text.match(/[\s\S]{1,9}/g) ?? []) yield { type: 'text' as const, text: piece }
      yield { type: 'finish' as const, finish: 'stop' as const }
    },
  }
}

async function two(
  browser: Browser,
  links: readonly { url: string }[],
  quiet = false,
): Promise<[Page, Page]> {
  const open = (at: number) => openWindow(browser, links[at]?.url ?? '', { viewport: WIDE, quiet })
  const pages: [Page, Page] = [await open(0), await open(1)]
  await Promise.all(pages.map(ready))
  return pages
}

async function askMany(page: Page, who: string): Promise<void> {
  for (let n = 0; n < EACH; n++) await ask(page, `Question ${n} of ${who}`)
}

/** Every prompt of everybody, those of the sample too, has come to its end. */
async function allEnded(on: Stage): Promise<void> {
  const session = await on.server.sessions.open(sessionIdOf(on))
  const wanted = SAMPLE + EACH * PEOPLE.length
  await expect
    .poll(
      async () => (await session.export(principal('ana'))).turns.filter(({ end }) => end === 'done').length,
      POLL,
    )
    .toBe(wanted)
}

/** The questions of the transcript from top to bottom, once nothing waits. */
async function questionsOf(page: Page): Promise<string[]> {
  await queueOf(page).waitFor({ state: 'hidden' })
  return questionsIn(page, /Question \d of \w+/)
}

/** Layout shifts that no act of the person explains, as browsers count them. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    Reflect.set(window, 'shifted', 0)
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number
        hadRecentInput: boolean
      })[]) {
        if (!entry.hadRecentInput)
          Reflect.set(window, 'shifted', Number(Reflect.get(window, 'shifted')) + entry.value)
      }
    }).observe({ type: 'layout-shift' })
  })
}

const shifted = (page: Page) => page.evaluate(() => Number(Reflect.get(window, 'shifted')))
