import { createContext, use } from 'react'
import { useMedia } from './use-media.ts'

/** Where the workspace stands in a page that is somebody else's: its width in pixels. Null: the page is its own. */
export const BoxContext = createContext<number | null>(null)

/** Whether there are so many pixels from left to right. */
export function useIsWide(pixels: number): boolean {
  const box = use(BoxContext)
  const page = useMedia(`(min-width: ${pixels}px)`)
  return box === null ? page : box >= pixels
}
