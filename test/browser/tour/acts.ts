import type { Locator, Page } from 'playwright-core'

/** Does something with a message: by its buttons, or by its menu where nothing can be pointed with. */
export async function act(message: Locator, label: string): Promise<void> {
  await message.hover()
  const menu = message.getByRole('button', { name: 'What you can do with this' })
  if ((await menu.count()) > 0) await menu.click()
  await message.getByRole('button', { name: label }).click()
}

/** On a phone the queue is a pill until it is asked for. */
export async function expand(page: Page): Promise<void> {
  const toggle = page.getByRole('button', { name: /^Up next/ })
  if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click()
}
