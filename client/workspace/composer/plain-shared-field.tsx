import { replaceText } from '@colloquy/client'
import { useSyncExternalStore } from 'react'
import type { SharedFieldProps } from './editor/shared-field.tsx'
import { PromptField } from './prompt-field.tsx'

/** A shared draft in a plain field: what others write arrives, where they write is not shown. */
export function PlainSharedField({ draft, placeholder, focusRef, onSubmit, onLeave }: SharedFieldProps) {
  const text = useSyncExternalStore(
    (changed) => draft.board.subscribe(changed),
    () => draft.text.toString(),
  )
  return (
    <PromptField
      value={text}
      label="Shared draft"
      placeholder={placeholder}
      readOnly={draft.board.readOnly}
      submitOn="mod-enter"
      focusRef={focusRef}
      onChange={(next) => replaceText(draft.text, next)}
      onSubmit={onSubmit}
      onEscape={onLeave}
    />
  )
}
