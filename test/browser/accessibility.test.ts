import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { useBrowser } from './stage.ts'
import { SHAPES } from './tour/looks.ts'
import { tour } from './tour/tour.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

describe.skipIf(await missingBrowser()).each(Object.entries(SHAPES))('on a %s screen', (_, shape) => {
  const browser = useBrowser()

  it('[U9] axe finds nothing on any screen in any state', async () => {
    const found: Record<string, string[]> = {}
    await tour(browser(), shape, async (page, screen, scheme) => {
      const violations = await violationsOn(page)
      if (violations.length > 0) found[`${screen}, ${scheme}`] = violations
    })
    expect(found).toEqual({})
  })
})

async function violationsOn(page: Page): Promise<string[]> {
  // Into the page's own world as a script of the test, past its CSP and not weakening it.
  await page.evaluate(await readFile(AXE, 'utf8'))
  return page.evaluate(async () => {
    const axe = Reflect.get(window, 'axe') as {
      run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>
    }
    return (await axe.run()).violations.map(
      ({ id, nodes: [node] }) => `${id}: ${node?.html} ${node?.failureSummary}`,
    )
  })
}
