/**
 * Tells whether something in the box is being pressed: what moves away between press and release is not clicked, and a
 * selection that is being drawn loses its words.
 * @param released it no longer is, and the click has been dispatched
 */
export function watchPress(box: HTMLElement, released: () => void): { pressed(): boolean; stop(): void } {
  let pressed = false
  const ending = new AbortController()
  const { signal } = ending
  box.addEventListener('pointerdown', () => (pressed = true), { signal, passive: true })
  const release = () => {
    if (!pressed) return
    requestAnimationFrame(() => {
      pressed = false
      if (!signal.aborted) released()
    })
  }
  for (const type of ['pointerup', 'pointercancel', 'blur'] as const) {
    addEventListener(type, release, { signal })
  }
  return { pressed: () => pressed, stop: () => ending.abort() }
}
