import { type RefObject, useLayoutEffect } from 'react'

/** Shows a dialog as a modal while its part is on the screen; then whatever had focus before has it again. */
export function useModal(dialog: RefObject<HTMLDialogElement | null>): void {
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => {
      // Closed while it is still in the page: only then does the browser give focus back.
      element?.close()
      queueMicrotask(wakeField)
    }
  }, [dialog])
}

/** In Chromium a field that was given focus by a dialog which then left the page takes no keys. */
function wakeField(): void {
  const field = document.activeElement
  if (!(field instanceof HTMLElement) || !field.matches('input, textarea, [contenteditable]')) return
  field.blur()
  field.focus()
}
