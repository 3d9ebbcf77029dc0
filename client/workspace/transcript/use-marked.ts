import { type RefObject, useEffect, useRef } from 'react'
import { useStore } from '../parts/store.ts'
import { markedMessage } from './reveal.ts'

/** Whether this message was just shown to somebody who asked for it: it then has focus. */
export function useMarked(messageId: string): { marked: boolean; ref: RefObject<HTMLElement | null> } {
  const marked = useStore(markedMessage) === messageId
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!marked) return
    let frame = 0
    const take = () => {
      ref.current?.focus({ preventScroll: true })
      // A row that comes into the page is hidden until the list has measured it: it takes no focus before.
      if (document.activeElement !== ref.current) frame = requestAnimationFrame(take)
    }
    take()
    return () => cancelAnimationFrame(frame)
  }, [marked])
  return { marked, ref }
}
