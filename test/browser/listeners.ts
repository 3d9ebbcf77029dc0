import type { Browser, Page } from 'playwright-core'
import { openWindow, ready } from './stage.ts'

export const READERS = /^Who reads: /

export interface Listener {
  page: Page
  /** All that the page was sent, by socket and by HTTP. */
  heard: () => string
  /** Paths of the docs that it connected to. */
  docs: () => string[]
}

export async function three(
  browser: Browser,
  links: readonly { url: string }[],
): Promise<[Listener, Listener, Listener]> {
  const [ana, bo, cy] = await Promise.all(links.map(({ url }) => listen(browser, url)))
  if (!ana || !bo || !cy) throw new Error('three links were expected')
  return [ana, bo, cy]
}

export async function listen(browser: Browser, url: string): Promise<Listener> {
  const page = await openWindow(browser, 'about:blank', { viewport: { width: 1280, height: 900 } })
  const heard: string[] = []
  const docs: string[] = []
  page.on('websocket', (socket) => {
    docs.push(new URL(socket.url()).pathname)
    // Bytes as Latin-1: what is plain ASCII stays readable wherever it stands in a frame.
    socket.on('framereceived', ({ payload }) => heard.push(payload.toString('latin1')))
  })
  page.on('response', (response) => {
    if (!response.url().includes('/api/')) return
    response.text().then(
      (body) => heard.push(body),
      () => undefined,
    )
  })
  await page.goto(url)
  await ready(page)
  return { page, heard: () => heard.join('\n'), docs: () => docs }
}

export const question = (page: Page, name: string, text: string) =>
  page.getByRole('article', { name, exact: true }).filter({ hasText: text })

export async function chooseMe(page: Page): Promise<void> {
  await page.getByRole('button', { name: READERS }).click()
  await page.getByRole('dialog', { name: READERS }).getByText('Only me').click()
  await page.getByRole('button', { name: 'Who reads: Only you' }).waitFor()
}

export async function chooseEveryone(page: Page): Promise<void> {
  await page.getByRole('button', { name: READERS }).click()
  await page.getByRole('dialog', { name: READERS }).getByText('Everyone here, now and later').click()
  await page.getByRole('button', { name: 'Who reads: Everyone' }).waitFor()
}

export async function choosePeople(page: Page, ...names: string[]): Promise<void> {
  await page.getByRole('button', { name: READERS }).click()
  const dialog = page.getByRole('dialog', { name: READERS })
  await dialog.getByText('Some people').click()
  for (const name of names) await dialog.getByRole('checkbox', { name }).check()
  await page.keyboard.press('Escape')
}
