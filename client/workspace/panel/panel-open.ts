import { inBrowser } from '../parts/page-storage.ts'
import { Store } from '../parts/store.ts'

const KEY = 'colloquy/panel'

/** From here on the panel stands beside the transcript; below, it is a sheet over it. */
export const BESIDE = '(min-width: 1024px)'

/** Whether the right panel is open. A sheet that nobody asked for would be in the way, so only the panel is kept. */
export const panelOpen = new Store(matchMedia(BESIDE).matches && inBrowser.getItem(KEY) !== null)

export function setPanelOpen(open: boolean): void {
  panelOpen.set(open)
  if (!matchMedia(BESIDE).matches) return
  if (open) inBrowser.setItem(KEY, 'open')
  else inBrowser.removeItem(KEY)
}
