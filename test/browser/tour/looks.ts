import type { BrowserContextOptions } from 'playwright-core'

/** The sizes in which every screen is looked at … */
export const SHAPES = {
  wide: { viewport: { width: 1240, height: 820 } },
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
} as const satisfies Record<string, BrowserContextOptions>

/** … in each of which it is seen in both colours. */
export const SCHEMES = ['dark', 'light'] as const
export type Scheme = (typeof SCHEMES)[number]
