import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

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
    let lastTop = box.scrollTop
    const look = () => {
      lastTop = box.scrollTop
      setAway(!following.current && box.scrollHeight - box.scrollTop - box.clientHeight > FAR)
    }
    const scrolled = () => {
      // Less content, or more room for it, moves the page up to its new end: that was nobody's doing.
      const end = box.scrollHeight - box.clientHeight
      const byReader = box.scrollTop < Math.min(lastTop, end) - 1
      if (byReader) following.current = false
      else if (end - box.scrollTop < NEAR) following.current = true
      look()
    }
    const up = (event: WheelEvent) => {
      if (event.deltaY < 0 && box.scrollHeight > box.clientHeight) following.current = false
    }
    const grown = new ResizeObserver(() => {
      if (following.current) box.scrollTop = box.scrollHeight
      else look()
    })
    grown.observe(inside)
    grown.observe(box)
    box.addEventListener('scroll', scrolled, { passive: true })
    box.addEventListener('wheel', up, { passive: true })
    return () => {
      grown.disconnect()
      box.removeEventListener('scroll', scrolled)
      box.removeEventListener('wheel', up)
    }
  }, [scroller, content])

  return { away, toEnd, following }
}
