import type { QueueEntry } from '@colloquy/client'
import { useState } from 'react'
import { Button } from '../parts/button.tsx'

export interface EditRowProps {
  entry: QueueEntry
  onSave: (text: string) => void
  onCancel: () => void
}

export function EditRow({ entry, onSave, onCancel }: EditRowProps) {
  const [text, setText] = useState(entry.text)
  const ready = text.trim() !== ''
  return (
    <li className="flex flex-col gap-2 px-3 py-2">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        aria-label="Edit the prompt"
        dir="auto"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Escape') {
            event.stopPropagation()
            onCancel()
          }
          if (event.key === 'Enter' && !event.shiftKey && ready) {
            event.preventDefault()
            onSave(text.trim())
          }
        }}
        className="field-sizing-content max-h-40 min-h-9 w-full resize-none rounded-sm border border-line-2 bg-raised px-2 py-1.5 text-sm"
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" kind="fill" disabled={!ready} onClick={() => onSave(text.trim())}>
          Save
        </Button>
      </div>
    </li>
  )
}
