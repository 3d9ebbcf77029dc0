import type { Page } from 'playwright-core'
import { ask } from '../pages.ts'
import type { House } from './house.ts'

/** Two people write one prompt. */
export async function together(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  await ana.getByRole('button', { name: 'Write together' }).click()
  const anas = ana.getByRole('textbox', { name: 'Shared draft' })
  await anas.pressSequentially('We have two days left. What do we drop')
  await bo.getByRole('button', { name: 'Write along' }).waitFor()
  await house.visit(bo, 'invited-to-write')
  await bo.getByRole('button', { name: 'Write along' }).click()
  const bos = bo.getByRole('textbox', { name: 'Shared draft' })
  await bos.press('Control+End')
  await bos.pressSequentially(', and what do we')
  await anas.getByText('what do we').waitFor()
  await anas.getByText('Bo').waitFor()
  await house.visit(ana, 'write-together')
  await among(house, ana, bo)
}

/** The same on the board of a lane that a third does not read. */
async function among(house: House, ana: Page, bo: Page): Promise<void> {
  await readers(ana, 'Bo')
  await ask(ana, 'Between us: what do we drop?')
  await bo.getByRole('article', { name: 'Answer for Ana, you and Ana read this' }).waitFor()
  await ana.getByRole('button', { name: 'Write together' }).click()
  const anas = ana.getByRole('textbox', { name: 'Shared draft' })
  await anas.pressSequentially('The dashboards can wait')
  await readers(bo, 'Ana')
  await bo.getByText('is drafting with you').waitFor()
  await house.visit(bo, 'invited-to-write-privately')
  await bo.getByRole('button', { name: 'Write along' }).click()
  const bos = bo.getByRole('textbox', { name: 'Shared draft' })
  await bos.press('Control+End')
  await bos.pressSequentially(', if Cy agrees')
  await anas.getByText('if Cy agrees').waitFor()
  await anas.getByText('Bo').waitFor()
  await house.visit(ana, 'write-together-privately')
}

async function readers(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Who reads/ }).click()
  await page.getByText('Some people').click()
  await page.getByRole('checkbox', { name }).check()
  await page.keyboard.press('Escape')
}
