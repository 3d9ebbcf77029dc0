import { Store } from '../parts/store.ts'

export const paletteOpen = new Store(false)

/** There Ctrl-K already ends a line of text. */
const IS_APPLE = /Mac|iP(hone|ad|od)/.test(navigator.platform)

export const SHORTCUT = IS_APPLE ? '⌘K' : 'Ctrl K'
/** … as `aria-keyshortcuts` has it. */
export const ARIA_SHORTCUT = IS_APPLE ? 'Meta+K' : 'Control+K'

export function isShortcut({ key, metaKey, ctrlKey, altKey, shiftKey }: KeyboardEvent): boolean {
  const held = IS_APPLE ? metaKey && !ctrlKey : ctrlKey && !metaKey
  return held && !altKey && !shiftKey && key.toLowerCase() === 'k'
}
