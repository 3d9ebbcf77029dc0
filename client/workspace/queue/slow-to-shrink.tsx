import { type ReactNode, useEffect, useRef } from 'react'

/** Between two answers, or two prompts, there is a moment without any. */
const SHRINK_MS = 250
/** What gets smaller so soon after a click is what was asked for. */
const OWN_MS = 150

/** Keeps its height for a moment when what is in it gets smaller: what goes and comes again moves nothing around it. */
export function SlowToShrink({ children }: { children: ReactNode }) {
  const outer = useRef<HTMLDivElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  const clickedAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const [box, inside] = [outer.current, inner.current]
    if (!box || !inside) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const fit = () => {
      box.style.minHeight = `${inside.offsetHeight}px`
    }
    const observer = new ResizeObserver(() => {
      clearTimeout(timer)
      const shrinks = inside.offsetHeight < box.offsetHeight
      if (shrinks && performance.now() - clickedAt.current > OWN_MS) timer = setTimeout(fit, SHRINK_MS)
      else fit()
    })
    observer.observe(inside)
    return () => {
      clearTimeout(timer)
      observer.disconnect()
    }
  }, [])
  return (
    <div
      ref={outer}
      className="flex flex-col justify-end"
      onClickCapture={() => {
        clickedAt.current = performance.now()
      }}
    >
      <div ref={inner}>{children}</div>
    </div>
  )
}
