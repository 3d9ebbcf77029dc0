import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type {} from '@colloquy/client/element'
import type { Frame, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { ROOT, startApp } from './apps.ts'
import { violationsOn } from './axe.ts'
import { openWindow, type Stage, sessionIdOf, stage, useBrowser } from './stage.ts'

const FOLDER = join(ROOT, 'test/examples/iframe')

describe.skipIf(await missingBrowser())('<colloquy-session>', () => {
  const browser = useBrowser()

  it('[E5] shows a session in a frame of another origin, for two accounts on one page; who is not named gets nothing out of it', async () => {
    const app = await startApp({
      ...(await filesOf('index.html', 'main.js', 'style.css')),
      'foe.html': '<!doctype html><title>Foe</title>',
    })
    const foe = await startApp({
      'index.html': '<!doctype html><title>Foe</title><link rel="icon" href="data:,">',
    })
    const on = await stage(0, {}, { COLLOQUY_EMBED_ORIGINS: app.origin })
    const [ana, bo] = on.links.map(({ url }) => new URL(url).hash)
    const page = await openWindow(browser(), `${app.origin}/?${queryOf(on)}${ana}`)
    const mine = await frameOf(page, 0)
    expect(await page.locator('#state').innerText()).toBe('Ready')
    expect(page.url()).not.toContain('token')
    expect(mine.url()).not.toContain('token')

    // Somebody else, in a second element of the same page.
    await page.evaluate((hash) => {
      const first = document.querySelector('colloquy-session')
      const second = document.createElement('colloquy-session')
      for (const name of ['url', 'session']) second.setAttribute(name, first?.getAttribute(name) ?? '')
      second.auth = async () => hash.replace('#token=', '')
      second.setAttribute('theme', 'dark')
      document.body.append(second)
    }, bo ?? '')
    const theirs = await frameOf(page, 1)
    // A frame takes the focus of the page around it from nobody.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
    await ask(theirs, 'asked by Bo in a frame')
    await mine.getByText('“asked by Bo in a frame”').first().waitFor()
    await mine
      .getByRole('article', { name: /Bo.*asks$/ })
      .last()
      .waitFor()

    // No rail, no way out of the account, and nothing that proves who this is in any storage.
    for (const frame of [mine, theirs]) {
      expect(await frame.getByRole('button', { name: /^(Sign out|Sessions)$/ }).count()).toBe(0)
      const stored = await frame.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
      expect(stored).not.toMatch(/eyJ/)
    }
    const theme = (frame: Frame) => frame.evaluate(() => document.documentElement.dataset.theme)
    expect([await theme(mine), await theme(theirs)]).toEqual(['light', 'dark'])
    for (const frame of [mine, theirs]) expect(await violationsOn(frame)).toEqual([])
    await page.evaluate(() => document.querySelector('colloquy-session')?.setAttribute('theme', 'dark'))
    await mine.waitForFunction(() => document.documentElement.dataset.theme === 'dark')

    await attack(page, foe.origin)
    await ask(mine, 'asked by Ana after that')
    await theirs.getByText('“asked by Ana after that”').first().waitFor()
    await theirs
      .getByRole('article', { name: /Ana.*asks$/ })
      .last()
      .waitFor()
    expect([await theme(mine), await theme(theirs)]).toEqual(['dark', 'dark'])
  })

  it('[E6] says why there is nothing to see', async () => {
    const app = await startApp(await filesOf('index.html', 'main.js', 'style.css'))
    const on = await stage(0, {}, { COLLOQUY_EMBED_ORIGINS: 'https://app.example' })
    const element = await readFile(join(ROOT, 'client/dist/element.js'), 'utf8')
    const page = await openWindow(browser(), `${app.origin}/?${queryOf(on)}`, { quiet: true })
    await page.addScriptTag({ content: element, type: 'module' })
    await page.getByRole('alert').getByText(`has to name ${app.origin} in COLLOQUY_EMBED_ORIGINS`).waitFor()
    await on.server.stop()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('cannot be reached').waitFor()
    await page.evaluate(() => document.querySelector('colloquy-session')?.setAttribute('url', 'ftp://x'))
    await page.getByText('“ftp://x” is no address of a server.').waitFor()
  })
})

async function filesOf(...names: string[]): Promise<Record<string, Buffer>> {
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(FOLDER, name))])),
  )
}

const queryOf = (on: Stage) => new URLSearchParams({ url: on.server.url, session: sessionIdOf(on) })

/** The session inside of the `index`th element, when it is there. */
async function frameOf(page: Page, index: number): Promise<Frame> {
  const frame = page.locator('colloquy-session iframe').nth(index)
  await frame.waitFor()
  const content = await (await frame.elementHandle())?.contentFrame()
  if (!content) throw new Error('no frame')
  await content.getByRole('textbox', { name: 'Prompt' }).waitFor()
  await page.waitForFunction(
    (at) => document.querySelectorAll('colloquy-session')[at]?.state === 'ready',
    index,
  )
  return content
}

async function ask(frame: Frame, text: string): Promise<void> {
  const composer = frame.getByRole('textbox', { name: 'Prompt' })
  await composer.fill(text)
  await composer.press('Enter')
}

/** Everything that may be posted: by the page, with wrong shapes; by a frame of another origin, with right ones (the sessions' frames it cannot reach: those of a shadow tree are in no list). */
async function attack(page: Page, foe: string): Promise<void> {
  await page.evaluate(async (src) => {
    const deep: Record<string, unknown> = {}
    deep.self = deep
    const shapes = [
      ...[null, 7, 'token', [], deep, { colloquy: 'token' }, { colloquy: 'token', ask: '1', token: 'x' }],
      ...[
        { colloquy: 'token', ask: 1e9, token: 'x' },
        { colloquy: 'token', ask: 1, token: 'x'.repeat(5e6) },
      ],
      ...[
        { colloquy: 'theme', theme: '<b>' },
        { colloquy: 'theme', theme: { toString: 1 } },
      ],
    ]
    for (const { shadowRoot } of document.querySelectorAll('colloquy-session')) {
      const frame = shadowRoot?.querySelector('iframe')?.contentWindow
      for (const shape of shapes) frame?.postMessage(shape, '*')
    }
    for (const shape of shapes) postMessage(shape, '*')
    postMessage({ colloquy: 'ended', reason: 'REVOKED' }, '*')
    const intruder = document.createElement('iframe')
    intruder.src = src
    const loaded = new Promise((done) => intruder.addEventListener('load', done))
    document.body.append(intruder)
    await loaded
  }, foe)
  const intruder = page.frames().find((frame) => frame.url().startsWith(foe))
  const heard = await intruder?.evaluate(async () => {
    const heard: unknown[] = []
    addEventListener('message', ({ data }) => heard.push(data))
    for (let ask = 0; ask < 9; ask++) parent.postMessage({ colloquy: 'ask', ask }, '*')
    parent.postMessage({ colloquy: 'ended', reason: 'REVOKED' }, '*')
    // What is posted is delivered in its order: behind an answer to this one there is none to the others.
    const channel = new MessageChannel()
    await new Promise((done) => {
      channel.port1.onmessage = done
      setTimeout(() => channel.port2.postMessage(0), 300)
    })
    return heard
  })
  expect(heard).toEqual([])
  expect(await page.locator('#state').innerText()).toBe('Ready')
}
