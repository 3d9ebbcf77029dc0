/** For so long what a page was still doing when its reader went up is not taken for the reader's going down. */
const UP_MS = 250
const UP_KEYS = new Set(['ArrowUp', 'PageUp', 'Home'])

interface Heard {
  /** The reader goes up, or is about to. */
  up: () => void
  /** The reader has gone down. */
  down: () => void
  /** It has moved, whoever did that; after the other two. */
  moved: () => void
}

/**
 * Tells the reader's own scrolling from all else that moves a box: less content, or more room for it, moves the page up to
 * its new end, and where rows turn out other than they were thought to be, the list moves it by as much. So a move counts
 * as the reader's only while the content keeps its height; wheel, keys, fingers and the scrollbar always do.
 * @returns how to stop it
 */
export function watchScrolling(box: HTMLElement, { up, down, moved }: Heard): () => void {
  let [lastTop, lastHeight] = [box.scrollTop, box.scrollHeight]
  let barHeld = false
  let lastTouch: number | undefined
  let upUntil = 0
  const ending = new AbortController()
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    fn: (event: HTMLElementEventMap[K]) => void,
  ) => box.addEventListener(type, fn, { passive: true, signal: ending.signal })
  const goingUp = () => {
    if (box.scrollHeight <= box.clientHeight) return
    upUntil = performance.now() + UP_MS
    up()
  }

  listen('scroll', () => {
    const by = box.scrollTop - lastTop
    const own = barHeld || box.scrollHeight === lastHeight
    const atEnd = box.scrollHeight - box.clientHeight - box.scrollTop < 1
    if (own && by < -1 && !atEnd) up()
    else if ((own || atEnd) && by > 1 && performance.now() > upUntil) down()
    lastTop = box.scrollTop
    lastHeight = box.scrollHeight
    moved()
  })
  listen('wheel', ({ deltaY }) => {
    if (deltaY < 0) goingUp()
    else if (deltaY > 0) down()
  })
  listen('keydown', ({ key, shiftKey, target }) => {
    if (target === box && (UP_KEYS.has(key) || (key === ' ' && shiftKey))) goingUp()
  })
  listen('touchmove', ({ touches }) => {
    const y = touches[0]?.clientY
    if (y !== undefined && lastTouch !== undefined && y > lastTouch) goingUp()
    lastTouch = y
  })
  listen('touchend', () => {
    lastTouch = undefined
  })
  // What is pressed beside everything in the box is its bar.
  listen('pointerdown', ({ target }) => {
    barHeld = target === box
  })
  for (const type of ['pointerup', 'pointercancel'] as const) {
    addEventListener(type, () => (barHeld = false), { signal: ending.signal })
  }
  return () => ending.abort()
}
