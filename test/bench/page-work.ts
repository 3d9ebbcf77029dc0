import type { Browser, Page } from 'playwright-core'

const KEYS = 'thinking while it writes '.repeat(8)
const KEY_EVERY_MS = 35
const NOTCHES = 400
const NOTCH = 600

/** @returns ms from each key to the end of the frame that shows it */
export async function keysToPaint(page: Page): Promise<number[]> {
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
  await page.getByRole('textbox', { name: 'Prompt' }).pressSequentially(KEYS, { delay: KEY_EVERY_MS })
  return page.evaluate(() => Reflect.get(window, 'latencies') as number[])
}

/**
 * Turns the wheel a long way up.
 * @returns ms of each frame whose work took 50 ms or more, and how far up it went, in pixels
 */
export async function longFramesWhileScrolling(page: Page): Promise<{ frames: number[]; pixels: number }> {
  const transcript = page.getByRole('main', { name: 'Transcript' })
  await transcript.hover()
  await page.evaluate(() => {
    const frames: number[] = []
    Reflect.set(window, 'longFrames', frames)
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) frames.push(duration)
    }).observe({ type: 'long-animation-frame' })
  })
  const height = () => transcript.evaluate(({ scrollHeight, scrollTop }) => scrollHeight - scrollTop)
  const before = await height()
  for (let notch = 0; notch < NOTCHES; notch++) {
    await page.mouse.wheel(0, -NOTCH)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  const frames = await page.evaluate(() => Reflect.get(window, 'longFrames') as number[])
  return { frames, pixels: (await height()) - before }
}

/** @returns how much of a core the page's process used for `ms`: 1 is all of one */
export async function shareOfCore(browser: Browser, ms: number): Promise<number> {
  const cdp = await browser.newBrowserCDPSession()
  const used = async () => {
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
    return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, each) => sum + each.cpuTime, 0)
  }
  const [before, from] = [await used(), performance.now()]
  await new Promise((resolve) => setTimeout(resolve, ms))
  const share = (await used()) - before
  await cdp.detach()
  return share / ((performance.now() - from) / 1_000)
}
