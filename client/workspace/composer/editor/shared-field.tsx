import type { SharedDraft } from '@colloquy/client/react'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { openEditor } from './editor.ts'

export interface SharedFieldProps {
  draft: SharedDraft
  placeholder: string
  focusRef: RefObject<(() => void) | null>
  onSubmit: () => void
  onLeave: () => void
}

/** The editor that several people write in; loaded when somebody first writes together. */
export default function SharedField({ draft, placeholder, focusRef, onSubmit, onLeave }: SharedFieldProps) {
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef({ onSubmit, onLeave })
  useLayoutEffect(() => {
    latest.current = { onSubmit, onLeave }
  })
  const { text, awareness } = draft
  // Opened anew when the board starts another doc: text and cursors are then other objects.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `draft` is another object for every change of the board
  useEffect(() => {
    if (!host.current) return
    const view = openEditor(host.current, draft, placeholder, {
      submit: () => latest.current.onSubmit(),
      escape: () => latest.current.onLeave(),
    })
    const focus = () => view.focus()
    focusRef.current = focus
    // Whoever is still picking who reads goes on with that.
    if (!document.activeElement?.closest('[popover]')) focus()
    return () => {
      // The plain field may have taken over before.
      if (focusRef.current === focus) focusRef.current = null
      view.destroy()
    }
  }, [text, awareness, focusRef])
  return <div ref={host} />
}
