/**
 * Tells where the box stood when something in it was pressed, until that is let go: what moves away between press and
 * release is not clicked, and a selection that is being drawn loses its words.
 * @param released the click has been dispatched
 */
export function watchPress(box: HTMLElement, released: () => void): { at(): number | null; stop(): void } {
  let at: number | null = null
  const ending = new AbortController()
  const { signal } = ending
  box.addEventListener('pointerdown', () => (at = box.scrollTop), { signal, passive: true })
  const release = () => {
    if (at === null) return
    requestAnimationFrame(() => {
      at = null
      if (!signal.aborted) released()
    })
  }
  for (const type of ['pointerup', 'pointercancel', 'blur'] as const) {
    addEventListener(type, release, { signal })
  }
  return { at: () => at, stop: () => ending.abort() }
}
