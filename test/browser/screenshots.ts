import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { firstSession } from '../../server/first-session.ts'
import { launchBrowser } from '../kit/browser.ts'
import { launch } from '../kit/launch.ts'
import { ask, PAGES } from './pages.ts'

// `npm run screenshots [folder]`: every screen and state in light, dark and on a phone, to be looked at.

const LOOKS: Record<string, BrowserContextOptions> = {
  light: { viewport: { width: 1240, height: 820 } },
  dark: { viewport: { width: 1240, height: 820 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2 },
}

const folder = process.argv[2] ?? '.tmp/screenshots'
await mkdir(folder, { recursive: true })
const browser = await launchBrowser()
for (const [look, options] of Object.entries(LOOKS)) await shootAll(browser, look, options)
await browser.close()
process.exit(0)

async function shootAll(on: Browser, look: string, options: BrowserContextOptions): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'colloquy-screens-'))
  let server = await launch(data, { tps: 40, pages: PAGES })
  const port = Number(new URL(server.url).port)
  const links = await firstSession(server)
  const { origin } = new URL(server.url)
  const shoot = (page: Page, name: string) => page.screenshot({ path: join(folder, `${look}-${name}.png`) })
  const open = async (url: string) => {
    const page = await (await on.newContext({ ...options, reducedMotion: 'reduce' })).newPage()
    await page.goto(url)
    return page
  }

  const [ana, bo, cy] = await Promise.all(links.map(({ url }) => open(url)))
  if (!ana || !bo || !cy) throw new Error('no links')
  for (const page of [ana, bo, cy]) await page.getByRole('textbox', { name: 'Prompt' }).waitFor()
  await shoot(ana, 'session')
  await ask(bo, '/write 400')
  await ask(ana, 'Who watches the dashboards?')
  await ask(cy, 'Summarise what is still open.')
  await cy.getByRole('textbox', { name: 'Prompt' }).pressSequentially('And one more')
  await ana.getByText('is typing').waitFor()
  await shoot(ana, 'queue')
  await ana.getByRole('button', { name: 'Write together' }).click()
  await ana.getByText('Ctrl-Enter').or(ana.locator('.cm-editor')).first().waitFor()
  await shoot(ana, 'write-together')
  await ana.getByRole('button', { name: 'Write together' }).click()
  await ana.getByRole('button', { name: 'Share' }).click()
  await ana.getByRole('dialog').waitFor()
  await shoot(ana, 'share')
  await ana.keyboard.press('Escape')
  await ana.getByRole('button', { name: 'Stop' }).click()
  await ana.getByText('Stopped', { exact: false }).first().waitFor()
  await shoot(ana, 'stopped')
  await server.stop()
  await ana.getByText('You are offline').waitFor()
  await ask(ana, 'written offline')
  await shoot(ana, 'offline')
  server = await launch(data, { tps: 0, port, pages: PAGES })
  await ana.getByText('You are offline').waitFor({ state: 'hidden' })

  const home = await ana.context().newPage()
  await home.goto(links[0]?.url.replace(/\/\?session=[^#]*/, '/') ?? origin)
  await home.getByText('What should we work on').waitFor()
  await shoot(home, 'home')
  const lost = await open(`${origin}/#session=s_none&invite=none`)
  await lost.getByRole('button', { name: 'To Colloquy' }).waitFor()
  await shoot(lost, 'invite-unknown')
  const out = await open(`${origin}/`)
  await out.getByRole('heading').first().waitFor()
  await shoot(out, 'signed-out')
  for (const context of on.contexts()) await context.close()
  await server.stop()
  await rm(data, { recursive: true, force: true })
}
