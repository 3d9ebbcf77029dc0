import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { fault } from '../../server/model/faults.ts'
import { missingBrowser } from '../kit/browser.ts'
import { ask } from './pages.ts'
import { composer, openWindow, queueOf, ready, stage, useBrowser } from './stage.ts'

describe.skipIf(await missingBrowser())('how the workspace feels', () => {
  const browser = useBrowser()

  const open = async (url = '', options: BrowserContextOptions = {}) => {
    const page = await openWindow(browser(), url, { quiet: true, ...options })
    await ready(page)
    return page
  }

  it('[U12] the first visitor sees the sample being answered, and prompts of others waiting', async () => {
    const on = await stage(30, {}, {}, true)
    const ana = await open(on.links[0]?.url)
    await ana.getByText('Answering Bo').waitFor()
    await ana.getByText('Up next · 2').waitFor()
    await queueOf(ana).waitFor({ state: 'hidden' })
    await ana.getByRole('article', { name: 'Bo asks' }).last().getByText('Does that clash with 2?').waitFor()
  })

  it('[U16] where the editor cannot be loaded, people still write together', async () => {
    const on = await stage(0)
    const ana = await open(on.links[0]?.url)
    const bo = await open(on.links[1]?.url)
    await ana.route('**/assets/shared-field*', (route) => route.fulfill({ status: 404, body: 'gone' }))
    await ana.getByRole('button', { name: 'Write together' }).click()
    await ana.getByRole('textbox', { name: 'Shared draft' }).fill('without the editor')
    await bo.getByRole('button', { name: 'Write along' }).click()
    const bos = bo.getByRole('textbox', { name: 'Shared draft' })
    await bos.getByText('without the editor').waitFor()
    await bos.press('Control+End')
    await bos.pressSequentially(', with it')
    await expect
      .poll(() => ana.getByRole('textbox', { name: 'Shared draft' }).inputValue())
      .toBe('without the editor, with it')
  })

  it('[U17] a dialog gives focus back, and a sheet that is turned away leaves the page alive', async () => {
    const on = await stage(0)
    const ana = await open(on.links[0]?.url, { viewport: { width: 600, height: 900 } })
    const share = ana.getByRole('button', { name: 'Share', exact: true })
    await share.focus()
    await ana.keyboard.press('Enter')
    await ana.getByRole('dialog', { name: /Share/ }).waitFor()
    await ana.keyboard.press('Escape')
    await expect.poll(() => share.evaluate((button) => button === document.activeElement)).toBe(true)
    await ana.getByRole('button', { name: 'Sessions' }).click()
    await ana.getByRole('dialog', { name: 'Sessions' }).waitFor()
    await ana.setViewportSize({ width: 900, height: 600 })
    await composer(ana).click({ timeout: 5_000 })
  })

  it('[U7] who scrolls up slowly while an answer streams is let go', async () => {
    const on = await stage(40)
    const ana = await open(on.links[0]?.url)
    await ask(ana, '/write 900')
    const transcript = ana.getByRole('main', { name: 'Transcript' })
    const gap = () =>
      transcript.evaluate(
        ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
      )
    await expect.poll(() => transcript.evaluate((element) => element.scrollTop)).toBeGreaterThan(200)
    await trayFits(ana)
    await transcript.hover()
    // Until then lines that come move the page.
    await ana.mouse.wheel(0, -8)
    await expect.poll(gap).toBeGreaterThanOrEqual(8)
    let last = await gap()
    for (let notch = 0; notch < 20; notch++) {
      const before = await transcript.evaluate((element) => element.scrollTop)
      await ana.mouse.wheel(0, -8)
      await expect.poll(() => transcript.evaluate((element) => element.scrollTop)).toBe(before - 8)
      const now = await gap()
      expect(now).toBeGreaterThanOrEqual(last)
      last = now
    }
    await ana.getByRole('button', { name: 'Stop' }).click()
  })

  it('[U7] who scrolls up a little stays there while lines come', async () => {
    const on = await stage(60)
    const ana = await open(on.links[0]?.url)
    await ask(ana, '/write 900')
    const transcript = ana.getByRole('main', { name: 'Transcript' })
    const top = () => transcript.evaluate((element) => element.scrollTop)
    const height = () => transcript.evaluate((element) => element.scrollHeight)
    await expect.poll(top).toBeGreaterThan(200)
    await trayFits(ana)
    await transcript.hover()
    await ana.mouse.wheel(0, -6)
    await expect
      .poll(() => transcript.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight))
      .toBeGreaterThan(5)
    const [stays, before] = [await top(), await height()]
    await expect.poll(height, { timeout: 10_000 }).toBeGreaterThan(before + 60)
    expect(await top()).toBe(stays)
    await ana.getByRole('button', { name: 'Stop' }).click()
  })

  it('[U7] who stays at the end stays there, whatever comes and goes around it', async () => {
    const on = await stage(80)
    const [ana, bo] = [await open(on.links[0]?.url), await open(on.links[1]?.url)]
    for (const text of ['/write 60', 'one', 'two']) {
      await ask(bo, text)
      await ask(ana, text)
    }
    // The field takes room from the transcript, and gives it back.
    for (const page of [ana, bo]) {
      const grown = async (lines: number) => {
        await composer(page).fill('line\n'.repeat(lines))
        const height = () => composer(page).evaluate((field) => field.clientHeight)
        await expect.poll(height)[lines > 0 ? 'toBeGreaterThan' : 'toBeLessThan'](100)
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
        )
      }
      await grown(8)
      await grown(0)
    }
    await ask(bo, '/write 80')
    for (const page of [ana, bo]) {
      await queueOf(page).waitFor({ state: 'hidden' })
      const gap = () =>
        page
          .getByRole('main', { name: 'Transcript' })
          .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)
      await expect.poll(gap).toBeLessThan(2)
      expect(await page.getByRole('button', { name: 'Latest' }).count()).toBe(0)
    }
  })

  it('[U85] nothing moves under a press while an answer streams, and who has sent something sees the end', async () => {
    const on = await stage(60)
    const ana = await open(on.links[0]?.url)
    await ask(ana, '/write 900')
    const transcript = ana.getByRole('main', { name: 'Transcript' })
    const top = () => transcript.evaluate((element) => element.scrollTop)
    const gap = () =>
      transcript.evaluate(
        ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
      )
    await expect.poll(top).toBeGreaterThan(200)
    await trayFits(ana)
    await transcript.hover()
    await ana.mouse.down()
    const pressed = await top()
    await expect.poll(gap, { timeout: 10_000 }).toBeGreaterThan(60)
    expect(await top()).toBe(pressed)
    await ana.mouse.up()
    await expect.poll(gap).toBeLessThan(2)
    await ana.mouse.wheel(0, -400)
    await ana.getByRole('button', { name: /Latest|new$/ }).waitFor()
    await ask(ana, 'And then?')
    await expect.poll(gap).toBeLessThan(2)
  })

  it('[U27] a failed answer offers to ask again, until its question has been taken back', async () => {
    const broken = { type: 'error' as const, fault: fault('PROVIDER_AUTH', 'made to fail') }
    const model = {
      ...{ defaultModel: 'broken', models: ['broken'] },
      async *stream() {
        yield broken
      },
    }
    const on = await stage(0, { model })
    const ana = await open(on.links[0]?.url)
    await ask(ana, 'a key, pasted by mistake')
    const failed = ana.getByRole('article', { name: 'Answer for Ana' }).last()
    await failed.getByRole('button', { name: 'Ask again' }).waitFor()
    const question = ana.getByRole('article', { name: 'Ana asks' }).last()
    await question.hover()
    await question.getByRole('button', { name: 'Take it back' }).click()
    await ana.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await ana.getByText('Taken back by its author').waitFor()
    await ana.getByText('The answer failed').waitFor()
    expect(await failed.getByRole('button', { name: 'Ask again' }).count()).toBe(0)
  })

  it('[U19] a session that cannot be reached shows that, and takes prompts', async () => {
    const on = await stage(0)
    const ana = await openWindow(browser(), on.links[0]?.url.replace(/\/\?session=[^#]*/, '/') ?? '', {
      quiet: true,
    })
    await ana.getByText('Launch week').first().waitFor()
    await ana.context().setOffline(true)
    await ana
      .getByRole('link', { name: /Launch week/ })
      .last()
      .click()
    await ana.getByText('You are offline').waitFor()
    await ana.getByText('This browser has no copy of the session').waitFor()
    await ask(ana, 'asked without a server')
    await ana.getByText('1 prompt will be sent').first().waitFor()
    await ana.context().setOffline(false)
    await ana.getByRole('article', { name: 'Ana asks' }).getByText('asked without a server').waitFor()
  })

  it('[U24] while an answer streams nothing else is drawn again', async () => {
    const on = await stage(40)
    const ana = await open(on.links[0]?.url)
    await ask(ana, '/write 300')
    await ana.locator('article[aria-busy="true"] .prose').waitFor()
    const draws = await drawsOf(ana, [
      'header',
      'article[aria-busy="false"]',
      'textarea',
      'article[aria-busy="true"] .prose',
    ])
    expect(draws).toMatchObject({ header: 0, textarea: 0 })
    // Once at most, when it settles in its place.
    expect(draws['article[aria-busy="false"]']).toBeLessThanOrEqual(1)
    expect(draws['article[aria-busy="true"] .prose']).toBeGreaterThan(10)
    await ana.getByRole('button', { name: 'Stop' }).click()
  })
})

/** Resolves when an answer runs, nothing waits behind it, and what stood there before has made room. */
async function trayFits(page: Page): Promise<void> {
  await queueOf(page).getByText('Answering').waitFor()
  const spare = () =>
    queueOf(page).evaluate(
      (tray) => (tray.parentElement?.parentElement?.offsetHeight ?? 0) - (tray as HTMLElement).offsetHeight,
    )
  await queueOf(page).getByText('Up next').waitFor({ state: 'hidden' })
  await expect.poll(spare).toBe(0)
}

/** How often React has drawn the first element of each selector anew while the streaming one was drawn 20 times. */
function drawsOf(page: Page, selectors: string[]): Promise<Record<string, number>> {
  return page.evaluate(async (wanted) => {
    const propsOf = (element: Element | null) => {
      const key = element && Object.keys(element).find((name) => name.startsWith('__reactProps'))
      return element && key ? (Reflect.get(element, key) as unknown) : null
    }
    const seen = wanted.map((selector) => {
      const element = document.querySelector(selector)
      if (!element) throw new Error(`there is no ${selector}`)
      return { selector, element, props: propsOf(element), draws: 0 }
    })
    for (let frame = 0; frame < 600 && (seen.at(-1)?.draws ?? 0) < 20; frame++) {
      await new Promise(requestAnimationFrame)
      for (const each of seen) {
        const props = propsOf(each.element)
        if (props !== each.props) each.draws++
        each.props = props
      }
    }
    return Object.fromEntries(seen.map(({ selector, draws }) => [selector, draws]))
  }, selectors)
}
