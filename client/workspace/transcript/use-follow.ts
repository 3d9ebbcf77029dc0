import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { watchPress } from './watch-press.ts'
import { watchScrolling } from './watch-scrolling.ts'

/** Closer to the end than this counts as being there. */
const NEAR = 48
/** From here on a button offers the way back. */
const FAR = 240

/**
 * Keeps the end in sight while the reader is there, and never moves the page of one who has scrolled up.
 * Only the reader's own scrolling changes which of the two it is.
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const following = useRef(true)
  const [away, setAway] = useState(false)

  const toEnd = useCallback(() => {
    following.current = true
    setAway(false)
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
  }, [scroller])

  useEffect(() => {
    const [box, inside] = [scroller.current, content.current]
    if (!box || !inside) return
    const toGo = () => box.scrollHeight - box.clientHeight - box.scrollTop
    const look = () => setAway(!following.current && toGo() > FAR)
    const stop = watchScrolling(box, {
      up: () => {
        following.current = false
      },
      down: () => {
        if (toGo() < NEAR) following.current = true
      },
      moved: look,
    })
    const keep = () => {
      if (!following.current) look()
      // The list moves it, too, while it takes it for being scrolled.
      else box.scrollTop = press.at() ?? box.scrollHeight
    }
    const press = watchPress(box, keep)
    const grown = new ResizeObserver(keep)
    grown.observe(inside)
    grown.observe(box)
    // When the list has measured rows it moves the page, and that is painted before anything is told of another size.
    const measured = new MutationObserver(keep)
    measured.observe(inside, { subtree: true, attributeFilter: ['style'] })
    return () => {
      grown.disconnect()
      measured.disconnect()
      press.stop()
      stop()
    }
  }, [scroller, content])

  return { away, toEnd, following }
}
