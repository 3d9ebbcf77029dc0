import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { launchBrowser } from '../kit/browser.ts'
import { LOOKS } from './tour/looks.ts'
import { tour } from './tour/tour.ts'

// `npm run screenshots [folder]`: every screen and state in light, dark and on a phone, to be looked at.

const folder = process.argv[2] ?? '.tmp/screenshots'
await mkdir(folder, { recursive: true })
const browser = await launchBrowser()
for (const [look, options] of Object.entries(LOOKS)) {
  await tour(browser, options, async (page, name) => {
    await page.screenshot({ path: join(folder, `${look}-${name}.png`) })
  })
}
await browser.close()
process.exit(0)
