import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { firstSession, type SignInLink } from '../../server/first-session.ts'
import { createLogger } from '../../server/http/logging.ts'
import { readSettings } from '../../server/settings.ts'
import { type Parts, type Server, startServer } from '../../server/start.ts'
import { launchBrowser } from '../kit/browser.ts'
import type { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'
import { PAGES } from './pages.ts'

/** One browser for the tests around; it is there while they run. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  return () => browser ?? expect.unreachable('the browser is there while tests run')
}

export interface Stage {
  server: Server
  links: SignInLink[]
  /** Stops the server and starts it again on the same port and data. */
  restart(pause?: () => Promise<void>): Promise<void>
}

/**
 * A server with the sample session, whose offline model speaks at `tps` tokens a second.
 * @param live with prompts that wait in the sample for the first visitor
 */
export async function stage(
  tps: number,
  parts: Partial<Parts> = {},
  env: Record<string, string> = {},
  live = false,
): Promise<Stage> {
  const data = await temporaryFolder()
  const launch = (port: number) => {
    const settings = readSettings({
      argv: [`--port=${port}`, `--data=${data}`],
      env: { COLLOQUY_OFFLINE_TPS: String(tps), ...env },
    })
    return startServer(settings, { log: createLogger({ level: 'silent' }), pages: PAGES, ...parts })
  }
  const on: Stage = {
    server: await launch(0),
    links: [],
    async restart(pause) {
      const port = Number(new URL(on.server.url).port)
      await on.server.stop()
      await pause?.()
      on.server = await launch(port)
    },
  }
  on.links = await firstSession(on.server, live)
  onTestFinished(() => on.server.stop())
  return on
}

/** A window of its own, as another browser has it. Errors on the page fail the test, unless `quiet`. */
export async function openWindow(
  browser: Browser,
  url: string,
  { quiet = false, ...options }: BrowserContextOptions & { quiet?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  return openTab(context, url, quiet)
}

/** The session in a window of its own, signed in at a server that is a process. */
export async function openAs(
  browser: Browser,
  server: ServerProcess,
  who: string,
  id: string,
): Promise<Page> {
  const page = await openWindow(browser, `${server.url}/nowhere`, { quiet: true })
  const token = await server.token(who)
  await page.evaluate((value) => sessionStorage.setItem('colloquy/token', value), token)
  await page.goto(`${server.url}/s/${id}`)
  await ready(page)
  return page
}

export async function openTab(context: BrowserContext, url: string, quiet = false): Promise<Page> {
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  if (!quiet) onTestFinished(() => expect(problems).toEqual([]))
  await page.goto(url)
  return page
}

export const composer = (page: Page) => page.getByRole('textbox', { name: 'Prompt' })
export const ready = (page: Page) => composer(page).waitFor()
export const queueOf = (page: Page) => page.getByRole('region', { name: 'Queue' })
export const sessionIdOf = ({ links }: Stage) =>
  new URL(links[0]?.url ?? '').searchParams.get('session') ?? ''

/** What `pattern` finds in the questions of the transcript, from top to bottom. */
export async function questionsIn(page: Page, pattern: RegExp): Promise<string[]> {
  const transcript = page.getByRole('main', { name: 'Transcript' })
  const found: string[] = []
  // Only what is near the screen is in the page: walk from the beginning to the end.
  await transcript.evaluate((element) => {
    // A page that moves without anybody's doing may be moved back.
    element.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }))
    element.scrollTo(0, 0)
  })
  for (let last = -1; ; ) {
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
    for (const text of await page.getByRole('article', { name: /asks$/ }).allInnerTexts()) {
      const question = pattern.exec(text)?.[0]
      if (question && !found.includes(question)) found.push(question)
    }
    const at = await transcript.evaluate((element) => {
      element.scrollBy(0, 300)
      return element.scrollTop
    })
    if (at === last) return found
    last = at
  }
}
