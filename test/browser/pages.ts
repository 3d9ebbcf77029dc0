import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What the server serves to browsers, as `npm start` does. */
export const PAGES = {
  staticFolder: here('../examples/vanilla'),
  clientBundle: here('../../client/dist/browser.js'),
  clientElement: here('../../client/dist/element.js'),
  clientPackage: here('../../client/dist/client.tgz'),
  workspaceFolder: here('../../client/dist/workspace'),
}

/** Writes a prompt and sends it, as a person does. */
export async function ask(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: 'Prompt' })
  await composer.fill(text)
  await composer.press('Enter')
}
