import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, missingBrowser } from '../kit/browser.ts'
import { ask } from './pages.ts'
import { openWindow, stage } from './stage.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

describe.skipIf(await missingBrowser()).each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('[U9] axe finds nothing on any screen', async () => {
    const on = await stage(40)
    const [first, second] = on.links
    const open = (url: string, width = 1240) =>
      openWindow(browser, url, {
        colorScheme,
        viewport: { width, height: 800 },
        reducedMotion: 'reduce',
        quiet: true,
      })
    const ana = await open(first?.url ?? '')
    const bo = await open(second?.url ?? '', 390)
    for (const page of [ana, bo]) await page.getByRole('textbox', { name: 'Prompt' }).waitFor()
    await ask(bo, '/write 300')
    await ask(ana, 'what is next?')
    await ana.getByText('Up next').waitFor()
    await expectClean(ana, 'session')
    await expectClean(bo, 'session on a phone')
    await ana.getByRole('button', { name: 'Share' }).click()
    await ana.getByRole('dialog').waitFor()
    await expectClean(ana, 'share')
    await ana.keyboard.press('Escape')
    await ana.getByRole('button', { name: 'Stop' }).click()
    const { origin } = new URL(on.server.url)
    await ana.goto(`${origin}/`)
    await ana.getByText('What should we work on').waitFor()
    await expectClean(ana, 'home')
    await ana.goto(`${origin}/s/s_none`)
    await ana.getByRole('heading').first().waitFor()
    await expectClean(ana, 'no such session')
    const nobody = await open(`${origin}/`)
    await nobody.getByRole('heading').first().waitFor()
    await expectClean(nobody, 'signed out')
    const lost = await open(`${origin}/#session=s_none&invite=none`)
    await lost.getByRole('button', { name: 'To Colloquy' }).waitFor()
    await expectClean(lost, 'unknown invite')
  })
})

async function expectClean(page: Page, screen: string): Promise<void> {
  // Into the page's own world as a script of the test, past its CSP and not weakening it.
  await page.evaluate(await readFile(AXE, 'utf8'))
  const violations = await page.evaluate(async () => {
    const axe = Reflect.get(window, 'axe') as {
      run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
    }
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  expect(violations, screen).toEqual([])
}
