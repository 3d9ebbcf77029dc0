import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { launchBrowser } from '../kit/browser.ts'
import { SHAPES } from './tour/looks.ts'
import { tour } from './tour/tour.ts'

// `npm run screenshots [folder]`: every screen and state wide and on a phone, light and dark, to be looked at.

const folder = process.argv[2] ?? '.tmp/screenshots'
await mkdir(folder, { recursive: true })
const browser = await launchBrowser()
for (const [shape, options] of Object.entries(SHAPES)) {
  await tour(browser, options, async (page, name, scheme) => {
    await page.screenshot({ path: join(folder, `${shape}-${scheme}-${name}.png`) })
  })
}
await browser.close()
process.exit(0)
