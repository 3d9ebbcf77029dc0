import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ask } from '../pages.ts'
import { act, expand } from './acts.ts'
import { attachments } from './attachments.ts'
import { audiences } from './audiences.ts'
import { catchUp } from './catch-up.ts'
import { House, ready, type Visit } from './house.ts'
import { managing, openShare } from './managing.ts'
import { mentions } from './mentions.ts'
import { palette } from './palette.ts'
import { together } from './together.ts'

const AT_ONCE = 3

/** The longest first. */
const STOPS = [
  places,
  managing,
  attachments,
  audiences,
  catchUp,
  tools,
  queue,
  conversation,
  firstVisit,
  together,
  roles,
  outage,
  endings,
  mentions,
  palette,
  full,
]

/**
 * Walks two or three people through every screen and state of the workspace, and has each looked at: by eye
 * (`npm run screenshots`) and by axe.
 */
export async function tour(browser: Browser, look: BrowserContextOptions, visit: Visit): Promise<void> {
  const stops = [...STOPS]
  // Each has a server of its own, and most of the time it waits for answers: some at once.
  const walk = async () => {
    for (let stop = stops.shift(); stop; stop = stops.shift()) {
      const house = await House.open(browser, look, visit, {
        live: stop === firstVisit,
        limits: stop === full ? { connectionsPerSession: 1 } : {},
      })
      await stop(house)
      await house.close()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, walk))
}

async function firstVisit(house: House): Promise<void> {
  const ana = await house.window(house.links[0]?.url ?? '')
  await ready(ana)
  await ana.getByText('Answering Bo').waitFor()
  await ana.getByRole('article').last().getByText('offline model').waitFor()
  await house.visit(ana, 'first-visit')
}

async function conversation(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  await house.visit(ana, 'session')
  await ana.getByRole('button', { name: /can see this/ }).click()
  await ana.getByText('Everyone in this session, now and later').waitFor()
  await house.visit(ana, 'audience')
  await ana.keyboard.press('Escape')
  await ana.getByRole('combobox', { name: 'Model' }).selectOption('rich')
  await ask(ana, 'How does the rollout look? Give me **everything**, with `code`.')
  await ana.getByText('A last line after a rule').waitFor()
  await house.visit(ana, 'rich-answer')
  await ana.getByRole('main', { name: 'Transcript' }).evaluate((element) => element.scrollBy(0, -700))
  await ana.getByRole('button', { name: 'Latest' }).waitFor()
  await house.visit(ana, 'scrolled-up')
  await ana.getByRole('button', { name: 'Latest' }).click()
  await bo.getByRole('combobox', { name: 'Model' }).selectOption('broken')
  await ask(bo, 'And the dashboards?')
  await bo.getByText('The answer failed').waitFor()
  await house.visit(bo, 'failed')
  await bo.getByRole('combobox', { name: 'Model' }).selectOption('down')
  await ask(bo, 'Once more, with the other one?')
  await ana.getByText('provider is unavailable').first().waitFor()
  await house.visit(ana, 'provider-down')
  await bo.getByRole('button', { name: 'Stop' }).click()
  await ana.getByText('Stopped by its author').first().waitFor()
  await ana.getByRole('combobox', { name: 'Model' }).selectOption('broken')
  await ask(ana, 'Pasted by mistake: the key to the store')
  await ana.getByText('Pasted by mistake').first().waitFor()
  const question = ana.getByRole('article', { name: 'Ana asks' }).last()
  await act(question, 'Take it back')
  await ana.getByRole('dialog').waitFor()
  await house.visit(ana, 'take-back')
  await ana.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
  await ana.getByText('Taken back by its author').waitFor()
  await house.visit(ana, 'taken-back')
}

async function tools(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  await ask(ana, '/tool notes.append {"name": "release", "text": "We announce it on Thursday at ten."}')
  const card = (page: Page) => page.getByRole('group', { name: /assistant wants to append/ })
  await card(bo).waitFor()
  await house.visit(ana, 'approval')
  await house.visit(bo, 'approval-of-another')
  await card(ana).getByRole('button', { name: 'Edit' }).click()
  await ana.getByRole('textbox', { name: 'Arguments, as JSON' }).fill('{"name": "release"')
  await house.visit(ana, 'approval-edit')
  await ana.getByRole('button', { name: 'Cancel' }).click()
  await card(ana).getByRole('button', { name: 'Allow once' }).click()
  await card(ana).waitFor({ state: 'hidden' })
  await ana.getByRole('button', { name: /notes.append as Ana/ }).click()
  await ana.getByText('Allowed by').waitFor()
  await house.visit(ana, 'call-open')
  await ana.getByRole('button', { name: /notes.append as Ana/ }).click()
  // Who reads further up is not taken along, and what is far below is not there to be found.
  await ana
    .getByRole('main', { name: 'Transcript' })
    .evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await ask(bo, '/tool web.fetch {"url": "http://10.0.0.1/"}')
  await ana.getByText('The tool failed.').waitFor()
  await ask(bo, '/tool notes.append {"name": "release", "text": "Not this."}')
  await card(bo).getByRole('button', { name: 'Deny' }).click()
  await ana.getByText('Denied by Bo').waitFor()
  await ask(bo, '/tool notes.append {"name": "release", "text": "Nobody says yes."}')
  await ana.getByText('for Bo’s approval').first().waitFor()
  await house.visit(ana, 'waits-for-another')
}

async function queue(house: House): Promise<void> {
  const [ana, bo, cy] = await house.people()
  // Longer than all that is looked at meanwhile.
  await ask(bo, '/write 4000')
  await ask(ana, 'Who watches the dashboards?')
  await ask(cy, 'Summarise what is still open.')
  await ask(ana, 'And who reads the announcement before it goes out?')
  await cy.getByRole('textbox', { name: 'Prompt' }).pressSequentially('One more thing')
  await ana.getByText('is typing').waitFor()
  await ana.getByText('Up next · 3').waitFor()
  await house.visit(ana, 'queue')
  await expand(ana)
  await ana.getByRole('listitem').getByRole('button', { name: 'Edit' }).first().click()
  await ana.getByRole('textbox', { name: 'Edit the prompt' }).waitFor()
  await house.visit(ana, 'queue-edit')
  await ana.getByRole('button', { name: 'Cancel' }).click()
  await ana.getByRole('button', { name: 'Stop' }).click()
  await ana.getByText('Stopped by a moderator').waitFor()
  await house.visit(ana, 'stopped')
  await ask(ana, 'x'.repeat(70_000))
  await ana.getByText('Too long for a prompt').waitFor()
  await house.visit(ana, 'too-long')
}

async function endings(house: House): Promise<void> {
  const [, bo, cy] = await house.people()
  await house.act('ana', 'DELETE', `/sessions/${house.sessionId}/members/bo`)
  await bo.getByText('You are no longer in this session').waitFor()
  await house.visit(bo, 'removed')
  await house.act('cy', 'GET', `/me`).catch(() => undefined)
  await cy.evaluate(() => sessionStorage.setItem('colloquy/token', 'a.b.c'))
  await cy.reload()
  await cy.getByText('Your sign-in is no longer valid').waitFor()
  await house.visit(cy, 'sign-in-lapsed')
}

async function outage(house: House): Promise<void> {
  const [ana] = await house.people()
  const home = await house.window(house.links[1]?.url ?? '')
  await ready(home)
  await house.away(async () => {
    await ana.getByText('The server does not answer').waitFor()
    await ask(ana, 'Written while the server was away')
    await ask(ana, 'And a second thought')
    await ana.getByText('2 prompts will be sent').first().waitFor()
    await expand(ana)
    await house.visit(ana, 'offline')
  })
  await ana.getByText('The server does not answer').waitFor({ state: 'hidden' })
}

/** One more than a session takes. */
async function full(house: House): Promise<void> {
  await ready(await house.window(house.links[0]?.url ?? ''))
  const bo = await house.window(house.links[1]?.url ?? '')
  await bo.getByText('This session is full').waitFor()
  await house.visit(bo, 'full')
}

async function roles(house: House): Promise<void> {
  const [ana, , cy] = await house.people()
  await house.act('ana', 'PUT', `/sessions/${house.sessionId}/members/cy`, { role: 'viewer' })
  await cy.getByText('You are reading along').waitFor()
  await house.visit(cy, 'viewer')
  await openShare(cy)
  await house.visit(cy, 'share-of-a-viewer')
  const sessions = ana.getByRole('button', { name: 'Sessions' })
  if (await sessions.isVisible()) {
    await sessions.click()
    await ana.getByRole('dialog', { name: 'Sessions' }).waitFor()
    await house.visit(ana, 'rail-sheet')
  }
}

async function places(house: House): Promise<void> {
  const { origin } = new URL(house.server.url)
  const ana = await house.window(house.links[0]?.url.replace(/\/\?session=[^#]*/, '/') ?? '')
  await ana.getByText('What should we work on').waitFor()
  await ana.getByText('Launch week').last().waitFor()
  await house.visit(ana, 'home')
  await house.act('ana', 'POST', '/sessions', { title: 'A session without a word' })
  await ana.reload()
  await ana
    .getByRole('link', { name: /A session without a word/ })
    .last()
    .click()
  await ana.getByText('Nothing asked yet').waitFor()
  await house.visit(ana, 'empty-session')
  await ana.goto(`${origin}/s/s_none`)
  await ana.getByText('There is no such session here').waitFor()
  await house.visit(ana, 'no-such-session')
  await ana.goto(`${origin}/nowhere`)
  await ana.getByText('There is no such page').waitFor()
  await house.visit(ana, 'no-such-page')
  await ana.goto((await house.invite(1)).url)
  await ana.getByText('You join as').waitFor()
  await house.visit(ana, 'join-signed-in')

  const { url } = await house.invite(1)
  const dee = await house.window(url)
  await dee.getByRole('textbox', { name: 'Your name' }).fill('Dee')
  await house.visit(dee, 'join')
  await dee.getByRole('button', { name: 'Join the session' }).click()
  await ready(dee)
  await lost(house, url, 'This invite is used up', 'invite-spent')
  const short = await house.invite(1, 1_000)
  await expired(short.url)
  await lost(house, short.url, 'This invite has expired', 'invite-expired')
  const unknown = `${origin}/#session=s_none&invite=none`
  await lost(house, unknown, 'This invite is not known here', 'invite-unknown')
  const nobody = await house.window(`${origin}/`)
  await nobody.getByText('You are signed out').waitFor()
  await house.visit(nobody, 'signed-out')
  await loading(house)
}

async function lost(house: House, url: string, title: string, name: string): Promise<void> {
  const page = await house.window(url)
  await page.getByText(title).waitFor()
  await house.visit(page, name)
}

/** Resolves when the server says that the invite has expired. */
async function expired(url: string): Promise<void> {
  const { origin, hash } = new URL(url)
  const link = new URLSearchParams(hash.slice(1))
  const preview = `${origin}/api/v1/sessions/${link.get('session')}/invites/${link.get('invite')}`
  while ((await fetch(preview)).ok) await new Promise((resolve) => setTimeout(resolve, 100))
}

/** The session while the server has not answered, and the page when it does not. */
async function loading(house: House): Promise<void> {
  const cy = await house.window(house.links[2]?.url ?? '')
  await ready(cy)
  await cy.route('**/api/v1/**', () => undefined)
  await cy.reload({ waitUntil: 'commit' })
  await cy.getByText('Opening the session').waitFor({ state: 'attached' })
  await house.visit(cy, 'loading')
  await cy.unrouteAll({ behavior: 'ignoreErrors' })
  await cy.route('**/api/v1/**', (route) => route.abort())
  await cy.reload({ waitUntil: 'commit' })
  await cy.getByText('The server does not answer').waitFor()
  await house.visit(cy, 'unreachable')
}
