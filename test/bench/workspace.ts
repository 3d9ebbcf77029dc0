import { randomUUID } from 'node:crypto'
import { connect } from '@colloquy/client'
import type { Browser, Page } from 'playwright-core'
import { createOfflineModel, OFFLINE } from '../../server/model/offline.ts'
import type { ModelPort } from '../../server/model/port.ts'
import { PAGES } from '../browser/pages.ts'
import { launchBrowser } from '../kit/browser.ts'
import { principal } from '../kit/people.ts'
import { instantModel } from './model.ts'
import { keysToPaint, longFramesWhileScrolling, shareOfCore } from './page-work.ts'
import { ANA, quiet, type Stage, stage } from './stage.ts'
import { type Figure, quantile } from './table.ts'

const TURNS = 2_500
const AT_ONCE = 10
const ANSWER =
  'The **short** answer is yes, as `most` answers in a long session are.\n\n- one reason\n- and another\n'
const LAST = 'the very last question'
const OPENINGS = 5
const PEOPLE = 20
const TYPING = 5
/** How often somebody who types is heard of. */
const TYPED_EVERY_MS = 200
const WATCHED_MS = 10_000

/** The workspace on a session of 5,000 messages: opening it, scrolling, typing while an answer streams, and many people. */
export async function workspace(): Promise<Figure[]> {
  const on = await stage({ model: model(), pages: PAGES })
  await fill(on)
  const browser = await launchBrowser()
  const { page, painted } = await openOften(browser, on)
  const latencies = await type(page)
  const { frames, pixels } = await longFramesWhileScrolling(page)
  await page.getByRole('button', { name: /Latest|new$/ }).click()
  const busy = await amongMany(browser, page, on)
  await browser.close()
  await on.close()
  return [
    time(`last screen of ${TURNS * 2} messages painted, p50`, quantile(painted, 0.5), 'ms', 1000),
    time('key to paint while an answer streams, p50', quantile(latencies, 0.5), 'ms'),
    time('the same, p95', quantile(latencies, 0.95), 'ms', 30),
    time(`scrolling up ${pixels} px: longest frame, 0 below 50 ms`, Math.max(0, ...frames), 'ms', 50),
    time('the same: frames over 50 ms', frames.length, 'frames', 0),
    time(`${PEOPLE} people, ${TYPING} typing: the page's part of a core`, busy * 100, '%', 15),
  ]
}

function time(what: string, value: number, unit: string, bound?: number): Figure {
  return { what, value, unit, kind: 'time', ...(bound === undefined ? {} : { bound }) }
}

function model(): ModelPort {
  const offline = createOfflineModel({ tokensPerSecond: 40 })
  const instant = instantModel(ANSWER, () => undefined)
  return {
    ...instant,
    models: [...instant.models, OFFLINE],
    stream: (call, signal) => (call.model === OFFLINE ? offline : instant).stream(call, signal),
  }
}

async function fill(on: Stage): Promise<void> {
  const session = await on.server.sessions.open(on.sessionId)
  for (let turn = 0; turn < TURNS; turn += AT_ONCE) {
    const submit = (_: unknown, i: number) => {
      const text = turn + i === TURNS - 1 ? LAST : `Question ${turn + i} of many: how do we go on from here?`
      return session.execute<'prompt.submit'>(ANA, randomUUID(), { type: 'prompt.submit', text })
    }
    await Promise.all(Array.from({ length: AT_ONCE }, submit))
    await quiet(on)
  }
}

/** The last page, and how long each took until the last message stood on the screen, in ms. */
async function openOften(browser: Browser, on: Stage): Promise<{ page: Page; painted: number[] }> {
  const painted: number[] = []
  for (;;) {
    const context = await browser.newContext({ viewport: { width: 1240, height: 820 } })
    const page = await context.newPage()
    painted.push(await open(page, on))
    if (painted.length === OPENINGS) return { page, painted }
    await context.close()
  }
}

/** @returns ms from the start of the navigation until the last message stood on the screen */
async function open(page: Page, on: Stage): Promise<number> {
  const token = await on.server.identity.issueToken(ANA, 3_600_000)
  await page.addInitScript((value) => sessionStorage.setItem('colloquy/token', value), token)
  await page.addInitScript((wanted) => {
    const look = () => {
      const there = [...document.querySelectorAll('article')].some((each) =>
        each.textContent?.includes(wanted),
      )
      if (!there) requestAnimationFrame(look)
      else requestAnimationFrame(() => setTimeout(() => Reflect.set(window, 'paintedAt', performance.now())))
    }
    requestAnimationFrame(look)
  }, LAST)
  await page.goto(`${on.server.url}/s/${on.sessionId}`)
  const handle = await page.waitForFunction(() => Reflect.get(window, 'paintedAt') as number | undefined)
  return Number(await handle.jsonValue())
}

async function type(page: Page): Promise<number[]> {
  const composer = page.getByRole('textbox', { name: 'Prompt' })
  await page.getByRole('combobox', { name: 'Model' }).selectOption(OFFLINE)
  await composer.fill('/write 2000')
  await composer.press('Enter')
  await page.getByText('Answering you').waitFor()
  const latencies = await keysToPaint(page)
  await composer.fill('')
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Answering you').waitFor({ state: 'hidden' })
  return latencies
}

/** The part of a core that the page uses while others come in and some of them type. */
async function amongMany(browser: Browser, page: Page, on: Stage): Promise<number> {
  const session = await on.server.sessions.open(on.sessionId)
  const others = Array.from({ length: PEOPLE - 1 }, (_, n) => principal(`person${n}`))
  const clients = await Promise.all(
    others.map(async (who) => {
      const set = { type: 'member.set', userId: who.userId, name: who.name, role: 'prompter' } as const
      await session.execute(ANA, randomUUID(), set)
      const auth = () => on.server.identity.issueToken(who, 3_600_000)
      const client = connect({ url: on.server.url, session: on.sessionId, auth })
      await client.ready
      return client
    }),
  )
  const typing = clients.slice(0, TYPING)
  const keys = setInterval(() => {
    for (const client of typing) client.setTyping(true)
  }, TYPED_EVERY_MS)
  await page.getByText('and 3 more').waitFor()
  const share = await shareOfCore(browser, WATCHED_MS)
  clearInterval(keys)
  for (const client of clients) client.close()
  return share
}
