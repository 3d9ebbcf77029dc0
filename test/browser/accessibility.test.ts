import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { COLOURS, violationsOn } from './axe.ts'
import { useBrowser } from './stage.ts'
import { SCHEMES, SHAPES } from './tour/looks.ts'
import { tour } from './tour/tour.ts'

describe.skipIf(await missingBrowser()).each(Object.entries(SHAPES))('on a %s screen', (_, shape) => {
  const browser = useBrowser()

  it('[U9] axe finds nothing on any screen in any state', async () => {
    const found: Record<string, string[]> = {}
    await tour(browser(), shape, async (page, screen, scheme) => {
      // The page is the same in both: what does not hang on its colours is looked at once.
      const violations = await violationsOn(page, scheme === SCHEMES[0] ? undefined : COLOURS)
      if (violations.length > 0) found[`${screen}, ${scheme}`] = violations
    })
    expect(found).toEqual({})
  })
})
