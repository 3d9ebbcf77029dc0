import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { bundled, INSTALLED, ROOT, startApp } from './apps.ts'
import { openWindow, stage, useBrowser } from './stage.ts'

/** An app with looks of its own, that no part of it may lose, or hand on to what stands in it. */
const PAGE = `<!doctype html><html lang="en"><title>The host</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/colloquy.css">
<style id="own-looks">
  :root { font: 20px/145% serif; letter-spacing: 0.18px; word-spacing: 2px; color: rgb(1, 2, 3); text-rendering: geometricPrecision }
  body { margin: 12px; text-align: center; text-indent: 3px; white-space: pre-wrap; font-variant: small-caps }
  h1, h2, h3 { font-size: 60px; letter-spacing: -1.68px; margin: 32px 0; color: rgb(9, 9, 9) }
  button { background: rgb(255, 0, 0); border-radius: 0; text-transform: uppercase; box-shadow: 0 0 9px red; font-weight: 900; letter-spacing: 3px }
  p, ul, ol, li, pre, table, td, th, blockquote { margin: 40px; line-height: 3; padding: 7px; text-align: right; max-width: 65ch }
  a, code, span, strong { color: red; background: yellow; border: 1px solid; padding: 9px; font-style: italic; text-shadow: 0 0 3px red }
  input, textarea, select { border: 3px solid red; width: 100%; background: pink; box-shadow: 0 0 9px red; min-height: 90px }
  svg, img { max-width: 10px; fill: red; vertical-align: top; display: inline }
  main, header, footer, section, article, aside, nav, fieldset, dialog { padding: 30px; border: 2px solid; background: pink; box-shadow: 0 0 9px red; max-width: 300px }
</style>
<style>
  .place { height: 560px; display: inline-block; vertical-align: top; border: 1px solid }
  .green { --colloquy-fill: rgb(0, 120, 60) }
</style>
<body><h1 id="own">The host</h1><button id="act">Act</button><main id="app"></main><script type="module" src="/app.js"></script>`

const APP = `
import { ColloquySession, Header } from '@colloquy/client/workspace'
import { useSnapshot } from '@colloquy/client/react'
import { createRoot } from 'react-dom/client'
const query = new URLSearchParams(location.search)
const [url, session] = [query.get('url'), query.get('id')]
const tokens = new URLSearchParams(location.hash.slice(1))
const questions = ({ messages }) => messages.filter(({ role }) => role === 'user').length
const components = { Header: () => <><Header /><p id="count">{useSnapshot(questions)} questions</p></> }
createRoot(document.getElementById('app')).render(
  <>
    <div className="place" style={{ width: 780 }}>
      <ColloquySession url={url} session={session} auth={() => tokens.get('ana')} components={components} theme="dark" />
    </div>
    <div className="place green" style={{ width: 360 }}>
      <ColloquySession url={url} session={session} auth={() => tokens.get('bo')} theme="light" />
    </div>
  </>,
)`

describe.skipIf(await missingBrowser())('the drop-in session', () => {
  const browser = useBrowser()

  it('[E21] two of them for two people on a page of another origin, which stays as it is', async () => {
    const app = await startApp({
      'index.html': PAGE,
      'app.js': await bundled(APP, ROOT, INSTALLED),
      'colloquy.css': await readFile(join(ROOT, 'client/dist/drop-in/styles.css'), 'utf8'),
    })
    const on = await stage(0, {}, { COLLOQUY_EMBED_ORIGINS: app.origin })
    const [anas, bos] = on.links.map(({ url }) => new URL(url))
    const tokenOf = (link?: URL) => new URLSearchParams(link?.hash.slice(1)).get('token') ?? ''
    const query = new URLSearchParams({
      url: anas?.origin ?? '',
      id: anas?.searchParams.get('session') ?? '',
    })
    const address = `${app.origin}/?${query}#${new URLSearchParams({ ana: tokenOf(anas), bo: tokenOf(bos) })}`
    const page = await openWindow(browser(), address, { viewport: { width: 1240, height: 820 } })
    const [ana, bo] = [page.locator('.colloquy').nth(0), page.locator('.colloquy').nth(1)]
    const field = (place: typeof ana) => place.getByRole('textbox', { name: 'Prompt' })
    await field(ana).fill('asked on the left')
    await field(ana).press('Enter')
    await bo.getByText('asked on the left').first().waitFor()
    await field(bo).fill('asked on the right')
    await bo.getByRole('button', { name: /the prompt$/ }).click()
    await ana.getByText('asked on the right').first().waitFor()

    // A part of the app's own, and a dialog, which is inside of the place.
    expect(await ana.locator('#count').innerText()).toMatch(/^\d+ QUESTIONS|^\d+ questions/)
    await bo.getByRole('button', { name: 'More of this session' }).click()
    await bo.getByRole('button', { name: 'Share', exact: true }).click()
    await bo.getByRole('dialog', { name: 'Share this session' }).waitFor()
    await page.keyboard.press('Escape')

    // Neither page nor address know of it.
    expect([await page.title(), page.url()]).toEqual(['The host', address])
    const style = (selector: string, name: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, of) => getComputedStyle(element).getPropertyValue(of), name)
    expect(await style('#own', 'font-size')).toBe('60px')
    await page.mouse.move(0, 0)
    expect(await page.evaluate(lookOtherwise)).toEqual([])
    expect(await style('#act', 'background-color')).toBe('rgb(255, 0, 0)')
    expect(await style('body', 'margin-top')).toBe('12px')
    expect(await page.locator('html').getAttribute('data-theme')).toBeNull()

    // It looks as it does at home, in the size of its place and in the colours that the app has set.
    const send = bo.getByRole('button', { name: /the prompt$/ })
    await field(bo).fill('x')
    await expect
      .poll(() => send.evaluate((button) => getComputedStyle(button).backgroundColor))
      .toBe('rgb(0, 120, 60)')
    expect(await send.evaluate((button) => getComputedStyle(button).textTransform)).toBe('none')
    expect(await style('.colloquy article p', 'margin-top')).not.toBe('40px')
    for (const place of [ana, bo]) {
      expect(await place.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
    }
  })
})

/** What looks otherwise in the places than it does without the page's own styles. */
async function lookOtherwise(): Promise<string[]> {
  const own = document.querySelector<HTMLStyleElement>('#own-looks')
  const elements = [...document.querySelectorAll('.colloquy, .colloquy *')]
  const looks = async (on: boolean) => {
    if (own?.sheet) own.sheet.disabled = !on
    for (const each of document.getAnimations()) each.finish()
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    return elements.map((element) => {
      const style = getComputedStyle(element)
      return [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`)
    })
  }
  const [without, within] = [await looks(false), await looks(true)]
  return elements.flatMap((element, i) =>
    (within[i] ?? []).flatMap((look, p) =>
      look === without[i]?.[p]
        ? []
        : [`${element.tagName}.${element.className}: ${without[i]?.[p]} -> ${look}`],
    ),
  )
}
