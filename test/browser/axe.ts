import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Frame, Page } from 'playwright-core'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** The rules that hang on colours. */
export const COLOURS = ['color-contrast', 'link-in-text-block']

interface Axe {
  run(options: { runOnly?: string[] }): Promise<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
  }>
}

/** What axe finds on the page as it is, each with the first place, by all its rules or some. */
export async function violationsOn(page: Page | Frame, rules?: string[]): Promise<string[]> {
  // Into the page's own world as a script of the test, past its CSP and not weakening it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(AXE, 'utf8'))
  return page.evaluate(async (runOnly) => {
    const axe = Reflect.get(window, 'axe') as Axe
    return (await axe.run(runOnly ? { runOnly } : {})).violations.map(
      ({ id, nodes: [node] }) => `${id}: ${node?.html} ${node?.failureSummary}`,
    )
  }, rules)
}
