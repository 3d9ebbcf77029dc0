import type { House } from './house.ts'

/** Somebody names those who are to look at a thing. */
export async function mentions(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  const field = ana.getByRole('textbox', { name: 'Prompt' })
  await field.pressSequentially('Does the date hold, @')
  await ana.getByRole('listbox', { name: 'Whom to mention' }).waitFor()
  await field.press('ArrowDown')
  await house.visit(ana, 'mention-list')
  await field.press('ArrowUp')
  await field.press('Enter')
  await field.pressSequentially('and @cy')
  await field.press('Tab')
  await field.press('Enter')
  await bo.locator('.mention.own').filter({ visible: true }).first().waitFor()
  await house.visit(bo, 'mentioned')
}
