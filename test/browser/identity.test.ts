import type { BrowserContext, Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { principal } from '../kit/people.ts'
import { ask } from './pages.ts'
import {
  composer,
  openTab,
  openWindow,
  queueOf,
  ready,
  type Stage,
  sessionIdOf,
  stage,
  useBrowser,
} from './stage.ts'

describe.skipIf(await missingBrowser())('who one is in the workspace', () => {
  const browser = useBrowser()

  const context = async (): Promise<BrowserContext> => {
    const made = await browser().newContext()
    onTestFinished(() => made.close())
    return made
  }

  it('[U20] when another tab has signed in somebody else, nothing is sent as them, and the page says so', async () => {
    const on = await stage(0)
    const shared = await context()
    await signIn(shared, on, 'ana')
    const ana = await openSession(shared, on)
    await signIn(shared, on, 'bo')
    await ask(ana, 'a secret of Ana’s')
    await ana.getByText('Somebody else is signed in now').waitFor()
    await ana.getByRole('button', { name: 'Sign in' }).click()
    await ready(ana)
    await ana.getByText('as Bo').waitFor()
    const session = await on.server.sessions.open(sessionIdOf(on))
    const texts = async () =>
      (await session.export(principal('ana'))).messages.flatMap(({ parts }) =>
        parts.map((part) => part.type === 'text' && part.text),
      )
    expect(await texts()).not.toContain('a secret of Ana’s')
    // It waited for its author.
    await signIn(shared, on, 'ana')
    await ana.reload()
    await ready(ana)
    await ana.getByRole('article', { name: 'Ana asks' }).getByText('a secret of Ana’s').waitFor()
  })

  it('[U20] signing out in a tab of somebody who is no longer signed in signs out nobody else', async () => {
    const on = await stage(0)
    const shared = await context()
    await signIn(shared, on, 'ana')
    const ana = await openSession(shared, on)
    await signIn(shared, on, 'bo')
    const bo = await openSession(shared, on)
    await bo.getByText('as Bo').waitFor()
    await ana.getByRole('button', { name: 'Sign out' }).click()
    await expect.poll(() => me(bo)).toBe('bo')
  })

  it('[U20] the same person signs in again where the session had ended, and goes on', async () => {
    const on = await stage(0)
    const shared = await context()
    await signIn(shared, on, 'ana')
    const ana = await openSession(shared, on)
    await shared.clearCookies()
    await ask(ana, 'kept while signed out')
    await ana.getByText('You are signed out').waitFor()
    await signIn(shared, on, 'ana')
    await ana.getByRole('button', { name: 'Sign in' }).click()
    await ready(ana)
    await ana.getByRole('article', { name: 'Ana asks' }).getByText('kept while signed out').waitFor()
  })

  it('[U20] signing out deletes what the browser kept, also from the home screen; who comes next sees nothing of it', async () => {
    const on = await stage(0)
    const shared = await context()
    await signIn(shared, on, 'ana')
    const page = await openSession(shared, on)
    // Of the lane of everyone, and of the one that Ana has for herself.
    await expect.poll(() => copies(page)).toHaveLength(2)
    await page.getByRole('link', { name: 'New session' }).first().click()
    await page
      .getByRole('link', { name: /Launch week/ })
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out').waitFor()
    await expect.poll(() => copies(page)).toEqual([])
    await signIn(shared, on, 'dee')
    await page.reload()
    await page.getByText('What should we work on').waitFor()
    expect(await page.getByText('Launch week').count()).toBe(0)
  })

  it('[U20] signing out without the server leaves everything as it was', async () => {
    const on = await stage(0)
    const shared = await context()
    await signIn(shared, on, 'ana')
    const ana = await openSession(shared, on)
    await ana.route('**/api/v1/cookie', (route) => route.abort())
    await ana.getByRole('button', { name: 'Sign out' }).click()
    await ana.getByText('The server cannot be reached').waitFor()
    await ask(ana, 'still here')
    await ana.getByRole('article', { name: 'Ana asks' }).getByText('still here').waitFor()
  })

  it('[U21] a link outside of development asks before it signs the browser in', async () => {
    const on = await stage(0)
    const shared = await context()
    const token = await on.server.identity.issueToken(principal('eve'), 3_600_000)
    const page = await openTab(shared, `${on.server.url}/#token=${token}`, true)
    await page.getByText('This link signs the browser in as').waitFor()
    expect(page.url()).not.toContain('token')
    await page.getByRole('button', { name: 'That is not me' }).click()
    await page.getByText('You are signed out').waitFor()
    await page.goto(`${on.server.url}/?again#token=${token}`)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('What should we work on').waitFor()
    // Every tab of this browser(), and no script of any.
    const other = await openTab(shared, on.server.url, true)
    await other.getByText('What should we work on').waitFor()
    expect(await other.evaluate(() => document.cookie + JSON.stringify(sessionStorage))).not.toContain('eyJ')
  })

  it('[U5] an invite works in a tab whose sign-in has lapsed, and is not lost when the cookie cannot be set', async () => {
    const on = await stage(0)
    const { url } = await invite(on)
    const shared = await context()
    const dee = await shared.newPage()
    await dee.goto(`${on.server.url}/nowhere`)
    await dee.evaluate(() => sessionStorage.setItem('colloquy/token', 'a.b.c'))
    await dee.route('**/api/v1/cookie', (route) => route.abort())
    await dee.goto(url)
    await dee.getByRole('textbox', { name: 'Your name' }).fill('Dee')
    await dee.getByRole('button', { name: 'Join the session' }).click()
    await ready(dee)
    await ask(dee, 'hello from Dee')
    await dee.getByRole('article', { name: 'Dee asks' }).getByText('hello from Dee').waitFor()
  })

  it('[U23] a name that turns, hides or injects is shown as plain letters, everywhere', async () => {
    const on = await stage(20)
    const [first] = on.links
    const ana = await openWindow(browser(), first?.url ?? '')
    await ready(ana)
    const hostile = '<img src=x onerror=ran=1> **b** [l](javascript:1)'
    const { url } = await invite(on)
    const dee = await openWindow(browser(), url, { quiet: true })
    const name = dee.getByRole('textbox', { name: 'Your name' })
    await name.fill(`${hostile}\u202e\u200b`)
    await dee.getByRole('button', { name: 'Join the session' }).click()
    await ready(dee)
    await ask(dee, '/write 200')
    await ask(dee, 'and a second')
    await composer(dee).pressSequentially('typing')
    await ana.getByText('is typing').waitFor()
    await queueOf(ana).getByText('and a second').waitFor()
    const found = await ana.evaluate(() => ({
      ran: Reflect.get(window, 'ran') as unknown,
      images: document.querySelectorAll('img').length,
      text: document.body.innerText,
    }))
    expect(found.ran).toBeUndefined()
    expect(found.images).toBe(0)
    expect(found.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/)
    // Answering, queue, typing, transcript, people here.
    expect(found.text.split(hostile).length - 1).toBeGreaterThanOrEqual(5)
  })
})

/** Signs the whole browser in, as the workspace does. */
async function signIn(context: BrowserContext, on: Stage, userId: string): Promise<void> {
  const name = userId.charAt(0).toUpperCase() + userId.slice(1)
  const who = { ...principal(userId), name }
  const token = await on.server.identity.issueToken(who, 3_600_000)
  const response = await context.request.post(`${on.server.url}/api/v1/cookie`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(response.status()).toBe(200)
}

async function openSession(context: BrowserContext, on: Stage): Promise<Page> {
  const page = await openTab(context, `${on.server.url}/s/${sessionIdOf(on)}`, true)
  await ready(page)
  return page
}

const me = (page: Page) =>
  page.evaluate(async () => ((await (await fetch('/api/v1/me')).json()) as { userId?: string }).userId)

/** Names of the transcripts that the browser keeps. */
const copies = (page: Page) =>
  page.evaluate(async () =>
    (await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.includes('@')),
  )

async function invite(on: Stage): Promise<{ url: string }> {
  const token = await on.server.identity.issueToken(principal('ana'), 60_000)
  const response = await fetch(`${on.server.url}/api/v1/sessions/${sessionIdOf(on)}/invites`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ commandId: crypto.randomUUID(), role: 'prompter', uses: 1, expiresIn: 60_000 }),
  })
  return (await response.json()) as { url: string }
}
