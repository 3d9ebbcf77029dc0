import type { BrowserContextOptions } from 'playwright-core'

/** The ways in which every screen is looked at. */
export const LOOKS = {
  light: { viewport: { width: 1240, height: 820 } },
  dark: { viewport: { width: 1240, height: 820 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
} as const satisfies Record<string, BrowserContextOptions>
