import { createContext, use, useCallback } from 'react'
import { useIsWide } from '../parts/box.ts'
import { inBrowser } from '../parts/page-storage.ts'
import { Store, useStore } from '../parts/store.ts'

const KEY = 'colloquy/panel'
/** From here on the panel stands beside the transcript; below, it is a sheet over it. */
const BESIDE = 1024

// A sheet that nobody asked for would be in the way, so only the panel is kept.
const ofPage = new Store(matchMedia(`(min-width: ${BESIDE}px)`).matches && inBrowser.getItem(KEY) !== null)

/** Whether the right panel is open: one for the page, or for each place that the workspace has in another's. */
export const PanelContext = createContext(ofPage)

export function usePanel(): { open: boolean; beside: boolean; setOpen: (open: boolean) => void } {
  const store = use(PanelContext)
  const beside = useIsWide(BESIDE)
  const setOpen = useCallback(
    (open: boolean) => {
      store.set(open)
      if (!beside || store !== ofPage) return
      if (open) inBrowser.setItem(KEY, 'open')
      else inBrowser.removeItem(KEY)
    },
    [store, beside],
  )
  return { open: useStore(store), beside, setOpen }
}
