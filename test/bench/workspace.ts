import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { createOfflineModel, OFFLINE } from '../../server/model/offline.ts'
import type { ModelPort } from '../../server/model/port.ts'
import { PAGES } from '../browser/pages.ts'
import { launchBrowser } from '../kit/browser.ts'
import { instantModel } from './model.ts'
import { ANA, quiet, type Stage, stage } from './stage.ts'
import { type Figure, quantile } from './table.ts'

const TURNS = 1_000
const AT_ONCE = 10
const ANSWER =
  'The **short** answer is yes, as `most` answers in a long session are.\n\n- one reason\n- and another\n'
const LAST = 'the very last question'
const KEYS = 200
const KEY_EVERY_MS = 35
const OPENINGS = 5

/** The workspace on a session of 2,000 messages: opening it, and typing while an answer streams. */
export async function workspace(): Promise<Figure[]> {
  const on = await stage({ model: model(), pages: PAGES })
  await fill(on)
  const browser = await launchBrowser()
  const painted: number[] = []
  let page: Page | undefined
  for (let opening = 0; opening < OPENINGS; opening++) {
    const context = await browser.newContext({ viewport: { width: 1240, height: 820 } })
    page = await context.newPage()
    painted.push(await open(page, on))
  }
  const latencies = page ? await type(page) : []
  await browser.close()
  await on.close()
  return [
    {
      what: `last screen of ${TURNS * 2} messages painted, p50`,
      value: quantile(painted, 0.5),
      unit: 'ms',
      bound: 1000,
      kind: 'time',
    },
    {
      what: 'key to paint while an answer streams, p50',
      value: quantile(latencies, 0.5),
      unit: 'ms',
      kind: 'time',
    },
    { what: 'the same, p95', value: quantile(latencies, 0.95), unit: 'ms', bound: 30, kind: 'time' },
  ]
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

/** @returns ms from each key to the end of the frame that shows it */
async function type(page: Page): Promise<number[]> {
  const composer = page.getByRole('textbox', { name: 'Prompt' })
  await page.getByRole('combobox', { name: 'Model' }).selectOption(OFFLINE)
  await composer.fill('/write 2000')
  await composer.press('Enter')
  await page.getByText('Answering you').waitFor()
  await page.evaluate(() => {
    const latencies: number[] = []
    Reflect.set(window, 'latencies', latencies)
    addEventListener(
      'keydown',
      ({ timeStamp }) =>
        requestAnimationFrame(() => setTimeout(() => latencies.push(performance.now() - timeStamp))),
      true,
    )
  })
  await composer.pressSequentially('thinking while it writes '.repeat(KEYS / 25), { delay: KEY_EVERY_MS })
  const latencies = await page.evaluate(() => Reflect.get(window, 'latencies') as number[])
  await page.getByRole('button', { name: 'Stop' }).click()
  return latencies
}
