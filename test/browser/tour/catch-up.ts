import type { Page } from 'playwright-core'
import { ask } from '../pages.ts'
import { type House, ready } from './house.ts'

const QUESTIONS = [
  'We move the announcement to ten. Does that suit the press?',
  'Which dashboards do we watch in the first hour?',
  'Who answers the phone on Thursday?',
  'Is the page for incidents up to date?',
]

/** What somebody finds who was away. */
export async function catchUp(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  const back = await away(house, bo, async () => {
    for (const text of QUESTIONS) {
      await ask(ana, text)
      await ana.getByRole('article', { name: 'Ana asks' }).getByText(text).waitFor()
      await ana.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
    }
  })
  await back.getByRole('button', { name: /unread$/ }).waitFor()
  await house.visit(back, 'unread-above')
  await back.getByRole('button', { name: /unread$/ }).click()
  const since = back.getByRole('button', { name: 'What happened since I left?' })
  await since.waitFor()
  await house.visit(back, 'unread')
  await since.click()
  await back.getByText('What was decided by that').waitFor()
  await house.visit(back, 'since-i-left')
  await back.getByRole('main', { name: 'Transcript' }).evaluate((element) => element.scrollTo(0, 0))
  await ask(ana, 'And one more thing.')
  await back.getByRole('button', { name: /new$/ }).waitFor()
  await house.visit(back, 'new-below')
}

/** Closes a window, and opens another one of the same browser after what happens meanwhile. */
async function away(house: House, page: Page, meanwhile: () => Promise<void>): Promise<Page> {
  const context = page.context()
  const keeper = await context.newPage()
  await page.bringToFront()
  // What is on the screen counts as seen once somebody had the time to see it.
  await page.waitForFunction(() => /"main":[1-9]/.test(localStorage.getItem('colloquy/seen/bo') ?? ''))
  await page.close()
  await meanwhile()
  await keeper.goto(house.links[1]?.url ?? '')
  await ready(keeper)
  return keeper
}
