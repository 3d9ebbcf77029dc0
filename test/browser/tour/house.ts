import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits } from '@colloquy/shared'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { firstSession, type SignInLink } from '../../../server/first-session.ts'
import { fault } from '../../../server/model/faults.ts'
import { createOfflineModel, OFFLINE } from '../../../server/model/offline.ts'
import type { ModelPart, ModelPort } from '../../../server/model/port.ts'
import type { Server } from '../../../server/start.ts'
import { launch } from '../../kit/launch.ts'
import { PAGES } from '../pages.ts'
import { SCHEMES, type Scheme } from './looks.ts'
import { RICH } from './rich.ts'

/** Looks at one screen in one state, in one of the colours that it is seen in. */
export type Visit = (page: Page, name: string, scheme: Scheme) => Promise<void>

/** A server of the tour, with people's windows on it. */
export class House {
  readonly #browser: Browser
  readonly #look: BrowserContextOptions
  readonly #data: string
  readonly #visit: Visit
  readonly #contexts: BrowserContext[] = []
  server: Server
  links: SignInLink[] = []

  private constructor(
    browser: Browser,
    look: BrowserContextOptions,
    visit: Visit,
    data: string,
    server: Server,
  ) {
    this.#browser = browser
    this.#look = look
    this.#data = data
    this.#visit = visit
    this.server = server
  }

  static async open(
    browser: Browser,
    look: BrowserContextOptions,
    visit: Visit,
    { live, limits }: { live: boolean; limits: Partial<Limits> },
  ): Promise<House> {
    const data = await mkdtemp(join(tmpdir(), 'colloquy-tour-'))
    const server = await launch(data, { pages: PAGES, model: tourModel(), limits })
    const house = new House(browser, look, visit, data, server)
    house.links = await firstSession(server, live)
    return house
  }

  get sessionId(): string {
    return new URL(this.links[0]?.url ?? '').searchParams.get('session') ?? ''
  }

  /** Has a screen looked at in both colours: the story need not be played again for the other. */
  async visit(page: Page, name: string): Promise<void> {
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      await page.evaluate(settled)
      await this.#visit(page, name, colorScheme)
    }
  }

  /** A window of a browser of its own. */
  async window(url: string): Promise<Page> {
    const context = await this.#browser.newContext({ ...this.#look, reducedMotion: 'reduce' })
    this.#contexts.push(context)
    const page = await context.newPage()
    await page.goto(url)
    return page
  }

  /** Ana, Bo and Cy in their windows, ready to write. */
  async people(): Promise<[Page, Page, Page]> {
    const [ana, bo, cy] = await Promise.all(this.links.map(({ url }) => this.window(url)))
    if (!ana || !bo || !cy) throw new Error('three links were expected')
    await Promise.all([ana, bo, cy].map(ready))
    return [ana, bo, cy]
  }

  /** An act of a person by HTTP. */
  async act<T>(userId: string, method: string, path: string, body: object = {}): Promise<T> {
    const name = userId.charAt(0).toUpperCase() + userId.slice(1)
    // The newest token says what somebody may: Ana stays who the sample makes her.
    const who = { userId, name, groups: [], admin: userId === 'ana' }
    const token = await this.server.identity.issueToken(who, 60_000)
    const commandId = randomUUID()
    const query = method === 'DELETE' ? `?commandId=${commandId}` : ''
    const response = await fetch(`${this.server.url}/api/v1${path}${query}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(query ? {} : { 'content-type': 'application/json' }),
      },
      ...(query ? {} : { body: JSON.stringify({ commandId, ...body }) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  invite(uses: number, expiresIn = 3_600_000): Promise<{ url: string }> {
    return this.act('ana', 'POST', `/sessions/${this.sessionId}/invites`, {
      ...{ role: 'prompter', uses, expiresIn },
    })
  }

  /** Stops the server, and starts it again on the same port. */
  async away(meanwhile: () => Promise<void>): Promise<void> {
    const port = Number(new URL(this.server.url).port)
    await this.server.stop()
    await meanwhile()
    this.server = await launch(this.#data, { port, pages: PAGES, model: tourModel() })
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close()
    await this.server.stop()
    await rm(this.#data, { recursive: true, force: true })
  }
}

/** Resolves when no colour is on its way any more: what inherits one that changes begins to change after it. */
const settled = async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const changing = () => document.getAnimations().some((each) => each instanceof CSSTransition)
  for (let still = 0; still < 3; still = changing() ? 0 : still + 1) await frame()
}

export const ready = (page: Page) => page.getByRole('textbox', { name: 'Prompt' }).waitFor()

/** Besides the offline model one whose answer has everything that Markdown can be, and two that fail: for good, and for now. */
function tourModel(): ModelPort {
  const offline = createOfflineModel({ tokensPerSecond: 30 })
  const broken: ModelPart = { type: 'error', fault: fault('PROVIDER_AUTH', 'made to fail') }
  const down: ModelPart = { type: 'error', fault: fault('PROVIDER_UNAVAILABLE', 'made to be away', 60_000) }
  return {
    defaultModel: OFFLINE,
    models: [OFFLINE, 'rich', 'broken', 'down'],
    async *stream(call, signal) {
      if (call.model === OFFLINE) yield* offline.stream(call, signal)
      else if (call.model === 'broken') yield broken
      else if (call.model === 'down') yield down
      else {
        yield { type: 'text', text: RICH }
        yield { type: 'finish', finish: 'stop', usage: { inputTokens: 812, outputTokens: 431 } }
      }
    },
  }
}
